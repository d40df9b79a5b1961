"""A host that serves streams with uvicorn, on the database of the tests."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

from django.db import connection

from tests.processes import wait_for

APPLICATION = "django.core.asgi:get_asgi_application"
EVENTS = {"Accept": "text/event-stream"}
INTERVAL = 0.2
HEARTBEAT = 0.5
SECONDS = 6


@dataclass(frozen=True)
class Event:
    id: str
    data: dict[str, Any]


@dataclass
class Stream:
    """The client's end of a stream."""

    connection: HTTPConnection
    response: HTTPResponse
    lines: list[str] = field(default_factory=list)

    def next_event(self) -> Event | None:
        """Return the next event; None if the stream ends before there is any."""
        found: dict[str, str] = {}
        while line := self.next_line():
            name, _, value = line.rstrip("\n").partition(": ")
            if line == "\n" and "data" in found:
                return Event(found["id"], json.loads(found["data"]))
            found[name] = value
        return None

    def next_line(self) -> str:
        line = self.response.readline().decode()
        self.lines.append(line)
        return line

    def close(self) -> None:
        """Close it as a browser does that leaves the page."""
        self.response.close()
        self.connection.close()


@dataclass(frozen=True)
class Server:
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def open(self, path: str, headers: Mapping[str, str]) -> Stream:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("GET", path, headers={**EVENTS, **headers})
        return Stream(connection, connection.getresponse())

    def looks(self) -> int:
        """Return how often the server has asked for the versions of envelopes."""
        return sum(
            "SELECT" in line and " IN (" in line and "docusign_connect_envelope" in line
            for line in self.log.read_text().splitlines()
        )

    def is_up(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@contextmanager
def serving(folder: Path, **variables: str) -> Iterator[Server]:
    """Serve until the block ends; the log, with all SQL, is in the folder."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    log = folder / "server.log"
    command = f"uvicorn {APPLICATION} --factory --port {port} --log-level warning"
    with (
        log.open("wb") as file,
        subprocess.Popen(
            [sys.executable, "-m", *command.split()],
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "tests.streaming.settings",
                "DATABASE_NAME": str(connection.settings_dict["NAME"]),
                **variables,
            },
            stdout=file,
            stderr=file,
        ) as process,
    ):
        server = Server(port, process, log)
        try:
            wait_for(server.is_up)
            yield server
        finally:
            process.terminate()
            process.wait(timeout=60)
