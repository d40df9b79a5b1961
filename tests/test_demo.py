"""What ``make demo`` runs, on a copy of the example project."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from socket import create_server

import pytest

from .example_site import ROOT
from .processes import wait_for

MESSAGES = "django_docusign_connect.models.ConnectMessage.objects"
REQUEUE = f"import django_docusign_connect.models; print({MESSAGES}.all().requeue())"
COUNT = (
    "import django_docusign_connect.models;"
    f"print({MESSAGES}.filter(status='processed', replays__gt=0).count())"
)


@dataclass
class Demo:
    folder: Path
    process: subprocess.Popen[bytes]

    def said(self) -> str:
        return (self.folder / "said.txt").read_text()

    def shell(self, command: str) -> int:
        """Run a command in the demo's project and return the number it prints."""
        manage = self.folder / "example_project" / "manage.py"
        said = subprocess.check_output(
            [sys.executable, manage, "shell", "--verbosity=0", "--command", command],
            env=environment(self.folder),
            timeout=60,
        )
        return int(said)

    def is_running(self) -> bool:
        """Whether any of what it started still runs."""
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return False
        return True


def environment(folder: Path, **variables: str) -> dict[str, str]:
    left_out = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE", "HOST"}
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    return {**kept, "PYTHONPATH": f"{folder}:{ROOT}", **variables}


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    no_data = shutil.ignore_patterns("*.sqlite3*", "secret_key.txt", "__pycache__")
    copy = tmp_path / "example_project"
    shutil.copytree(ROOT / "example_project", copy, ignore=no_data)
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    with create_server(("127.0.0.1", 0)) as probe:
        port = str(probe.getsockname()[1])
    with (tmp_path / "said.txt").open("wb") as said:
        process = subprocess.Popen(
            ["/bin/sh", copy / "demo.sh"],
            env=environment(tmp_path, PORT=port),
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    demo = Demo(tmp_path, process)
    yield demo
    if demo.is_running():
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=60)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_demo_tries_again_what_is_due_until_it_ends_as_a_whole(
    demo: Demo, number: signal.Signals
) -> None:
    wait_for(lambda: "/api/docusign/v1/envelopes/" in demo.said(), seconds=60)
    wait_for(lambda: demo.shell(REQUEUE) > 0, seconds=60)
    wait_for(lambda: demo.shell(COUNT) > 0, seconds=60)
    demo.process.send_signal(number)
    demo.process.wait(timeout=60)
    wait_for(lambda: not demo.is_running(), seconds=10)
