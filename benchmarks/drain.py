"""How fast a backlog of messages drains, and in how much memory.

``DRAIN_MESSAGES`` messages (10,000) of many envelopes wait; one worker, in a process of
its own for each database, processes them all. One receiver hears every event.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

from benchmarks.databases import databases

MESSAGES = os.environ.get("DRAIN_MESSAGES", "10000")


def measure() -> Iterator[dict[str, Any]]:
    """Yield the speed and the memory before, at the end and at most, in MiB."""
    with tempfile.TemporaryDirectory() as folder:
        for database, url in databases(folder).items():
            found = drain(url)
            before, *_, end = found["memory"]
            yield {
                "table": "A backlog that one worker drains",
                "database": database,
                "messages": found["messages"],
                "a second": found["messages"] / found["seconds"],
                "MiB before": before,
                "at the end": end,
                "at most": max(found["memory"]),
            }


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
