"""CPU time of this process and of what the database does for it."""

from __future__ import annotations

import time
from pathlib import Path

from django.db import connections


def cpu_seconds() -> float:
    """Return the CPU time so far, that of PostgreSQL's backends included.

    SQLite works in this process.
    """
    return time.process_time() + sum(map(process_seconds, backend_pids()))


def backend_pids() -> set[int]:
    return {
        connection.connection.info.backend_pid
        for connection in connections.all(initialized_only=True)
        if connection.vendor == "postgresql" and connection.connection is not None
    }


def process_seconds(pid: int) -> float:
    """Return the CPU time of a process of one thread.

    Linux tells it in nanoseconds here; what psutil reads is in hundredths of a second,
    too coarse for some requests.
    """
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
