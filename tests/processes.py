"""Real worker processes on the tests' database."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from django.db import connection


class Traced:
    """Starts workers whose receivers write into one file."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace
        self.trace.touch()
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, *options: str, **environment: str) -> subprocess.Popen[bytes]:
        command = ("django", "docusign_process", *options)
        return self.start_module(*command, **environment)

    def start_module(
        self, *command: str, **environment: str
    ) -> subprocess.Popen[bytes]:
        """Run a module, named first, as a host's process; with arguments for it."""
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "tests.host.settings",
                "DATABASE_NAME": str(connection.settings_dict["NAME"]),
                "TRACE_FILE": str(self.trace),
                **environment,
            },
            stdout=subprocess.PIPE,
        )
        self.processes.append(process)
        return process

    def run(self, *options: str, **environment: str) -> int:
        process = self.start(*options, **environment)
        process.communicate(timeout=60)
        return process.returncode

    @property
    def lines(self) -> list[str]:
        return self.trace.read_text().splitlines()

    def end(self) -> None:
        for process in self.processes:
            process.kill()
            process.communicate(timeout=60)


def wait_for(condition: Callable[[], bool], *, seconds: float = 30) -> None:
    """Return once a condition holds; AssertionError if it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.05)
