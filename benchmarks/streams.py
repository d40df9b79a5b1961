"""Open streams of envelopes on one process of uvicorn: what they cost it to keep.

So many clients, on real sockets, each have a stream of an envelope of its own. First
nothing changes; then each envelope changes once, in one statement, and all clients are
told. CPU time is the server's and its database's, and has the log of all SQL in it, in
which queries are counted. Memory is what the process holds above what it held before.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.utils import timezone

from benchmarks.databases import test_url
from benchmarks.servers import backends, free_port, wait_for
from django_docusign_connect.models import Envelope

STREAMS = (1, 50, 200)
SECONDS = float(os.environ.get("BENCH_STREAMS_SECONDS", "20"))
SECONDS_TO_TELL = 60
AT_ONCE = 20
APPLICATION = "django.core.asgi:get_asgi_application --factory"


class Clients:
    """Streams of an event loop, and when each of them was told something last."""

    def __init__(self, port: int, session_key: str) -> None:
        self.port = port
        self.session_key = session_key
        self.told: dict[int, float] = {}
        self.tasks: list[asyncio.Task[None]] = []

    async def open(self, count: int) -> None:
        for number in range(1, count + 1):
            self.tasks.append(asyncio.create_task(self.read(number)))
            # Each request has a connection to the database until its stream begins.
            if number % AT_ONCE == 0 or number == count:
                await self.all_told(number)

    async def read(self, number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        request = (
            f"GET /api/docusign/envelopes/{UUID(int=number)}/stream/ HTTP/1.1\r\n"
            f"Host: 127.0.0.1\r\nAccept: text/event-stream\r\n"
            f"Cookie: sessionid={self.session_key}\r\n\r\n"
        )
        writer.write(request.encode())
        try:
            status = await reader.readline()
            if b" 200 " not in status:
                raise SystemExit(f"A stream is answered with {status.decode()}")
            while line := await reader.readline():
                if line.startswith(b"data: "):
                    self.told[number] = time.monotonic()
        finally:
            writer.close()

    async def all_told(self, count: int) -> None:
        async def wait() -> None:
            while len(self.told) < count:
                await asyncio.sleep(0.01)

        await asyncio.wait_for(wait(), SECONDS_TO_TELL)

    def close(self) -> None:
        for task in self.tasks:
            task.cancel()


def measure() -> Iterator[dict[str, Any]]:
    """Yield a row for each number of streams."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Nobody else is in this process.
    session_key = sign_in()
    for number in range(1, max(STREAMS) + 1):
        Envelope.objects.create(envelope_id=UUID(int=number), status="sent")
    connection.close()  # What is counted is the server's.
    for count in STREAMS:
        yield asyncio.run(measure_streams(count, session_key))


async def measure_streams(count: int, session_key: str) -> dict[str, Any]:
    with serve() as (port, process, log):
        clients = Clients(port, session_key)
        await clients.open(1)  # What is loaded with the first is no stream's cost.
        clients.close()
        await asyncio.sleep(2)
        memory, clients = process.memory_info().rss, Clients(port, session_key)
        await clients.open(count)
        await asyncio.sleep(2)
        memory = process.memory_info().rss - memory
        queries, cpu = looks(log), cpu_seconds(process)
        await asyncio.sleep(SECONDS)
        row = {
            "table": "Open streams on one process of uvicorn, one look a second",
            "streams": count,
            "queries a second": (looks(log) - queries) / SECONDS,
            "CPU % while nothing changes": 100 * (cpu_seconds(process) - cpu) / SECONDS,
            "connections": len(backends()) or None,
            "KiB for each": memory / count / 1024,
            **await tell_all(clients, count, process),
        }
        clients.close()
        connection.close()  # That of the event loop.
        return row


async def tell_all(
    clients: Clients, count: int, process: psutil.Process
) -> dict[str, float]:
    """Change all envelopes at once, and return how long it takes to tell of it."""
    clients.told.clear()
    changed, cpu = time.monotonic(), cpu_seconds(process)
    Envelope.objects.update(status="delivered", changed_at=timezone.now())
    await clients.all_told(count)
    delays = sorted(at - changed for at in clients.told.values())
    return {
        "all change: median s": delays[len(delays) // 2],
        "last s": delays[-1],
        "CPU ms for each": 1000 * (cpu_seconds(process) - cpu) / count,
    }


def sign_in() -> str:
    """Return the key of the session of somebody who may see all envelopes."""
    user = User.objects.create_superuser("reader")
    session = SessionStore()
    session["_auth_user_id"] = str(user.pk)
    session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def cpu_seconds(process: psutil.Process) -> float:
    """Return the CPU time so far of the server, with all threads, and its backends."""
    return sum(
        times.user + times.system
        for times in [
            process.cpu_times(),
            *(psutil.Process(pid).cpu_times() for pid in backends()),
        ]
    )


def looks(log: Path) -> int:
    """Return how many statements the server has sent so far."""
    return log.read_bytes().count(b"; args=")


@contextmanager
def serve() -> Iterator[tuple[int, psutil.Process, Path]]:
    port = free_port()
    command = f"uvicorn {APPLICATION} --port {port} --log-level warning"
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "sql.log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", *command.split()],
                env={
                    **os.environ,
                    "DATABASE_URL": test_url(os.environ["DATABASE_URL"]),
                    "LOG_SQL": "1",
                },
                stderr=file,
            )
        try:
            wait_for(port)
            yield port, psutil.Process(process.pid), log
        finally:
            process.terminate()
            process.wait()
