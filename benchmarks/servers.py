"""Gunicorn, as a process of ours, and the CPU time of it and of its database."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil
from django.db import connection, connections

from benchmarks.cpu import process_seconds
from benchmarks.databases import test_url

WORKERS = 2
SECONDS_TO_START = 30


@dataclass(frozen=True)
class Server:
    port: int
    process: subprocess.Popen[bytes]

    def cpu_seconds(self) -> float:
        """Return the CPU time so far of its workers and of their backends."""
        workers = psutil.Process(self.process.pid).children()
        pids = [worker.pid for worker in workers]
        return sum(map(process_seconds, [*pids, *backends()]))


def backends() -> list[int]:
    """Return the pids of PostgreSQL's backends of the databases, but for our own."""
    if connection.vendor != "postgresql":
        return []
    names = [one.settings_dict["NAME"] for one in connections.all()]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            " AND datname = ANY(%s)",
            [names],
        )
        return [pid for (pid,) in cursor.fetchall()]


@contextmanager
def serve(processor: str) -> Iterator[Server]:
    """Serve the host with sync workers, on the databases of this process."""
    port = free_port()
    command = f"gunicorn benchmarks.wsgi --bind 127.0.0.1:{port} --workers {WORKERS}"
    process = subprocess.Popen(
        [sys.executable, "-m", *command.split(), "--log-level", "warning"],
        env={
            **os.environ,
            "PROCESSOR": processor,
            "DATABASE_URL": test_url(os.environ["DATABASE_URL"]),
            "FLOORS_DATABASE_URL": test_url(os.environ["FLOORS_DATABASE_URL"]),
        },
    )
    try:
        wait_for(port)
        yield Server(port, process)
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def wait_for(port: int) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
