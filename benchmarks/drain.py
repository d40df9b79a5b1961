"""How fast a backlog of messages drains, and in how much memory.

``DRAIN_MESSAGES`` messages (20,000) of many envelopes wait; one worker, in a process of
its own for each database, processes them all. One receiver hears every event.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from typing import Any

from benchmarks.databases import databases

MESSAGES = os.environ.get("DRAIN_MESSAGES", "20000")


def main() -> None:
    """Print the speed and the memory before, at the end and at most, in MiB."""
    print(
        f"{'database':12}{'messages':>9}{'a second':>9}"
        f"{'MiB before':>11}{'at end':>7}{'at most':>8}"
    )
    with tempfile.TemporaryDirectory() as folder:
        for database, url in databases(folder).items():
            found = drain(url)
            before, *_, end = found["memory"]
            speed = found["messages"] / found["seconds"]
            print(
                f"{database:12}{found['messages']:9}{speed:9.0f}"
                f"{before:11.1f}{end:7.1f}{max(found['memory']):8.1f}"
            )


def drain(url: str) -> dict[str, Any]:
    run = subprocess.run(
        [sys.executable, "-m", "django", "drain_backlog", MESSAGES],
        env={
            **os.environ,
            "DATABASE_URL": url,
            "PROCESSOR": "deferred",
            "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        },
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return found
