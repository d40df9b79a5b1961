"""Serves a project of the tests with gunicorn, on a database file of its own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from tests.processes import wait_for

APPLICATION = "django.core.wsgi:get_wsgi_application()"
Answer = tuple[int, bytes]


@dataclass(frozen=True)
class Server:
    port: int
    environment: Mapping[str, str]

    @contextmanager
    def connect(self) -> Iterator[HTTPConnection]:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            yield connection

    def post(
        self, path: str, body: bytes | Iterable[bytes], headers: Mapping[str, str]
    ) -> Answer:
        """Post a body; one that comes in pieces is sent in chunks."""
        with self.connect() as connection:
            connection.request("POST", path, body, dict(headers))
            return answer(connection)

    def rows(self, model: str) -> list[dict[str, Any]]:
        """Return the fields of a model's rows, as ``dumpdata`` writes them."""
        rows = json.loads(self.manage("dumpdata", model))
        return [row["fields"] for row in rows]

    def manage(self, *arguments: str) -> bytes:
        return subprocess.run(
            [sys.executable, "-m", "django", *arguments],
            env=self.environment,
            check=True,
            stdout=subprocess.PIPE,
            timeout=60,
        ).stdout

    def is_up(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def answer(connection: HTTPConnection) -> Answer:
    response = connection.getresponse()
    return response.status, response.read()


@contextmanager
def serve(settings: str, folder: Path, **variables: str) -> Iterator[Server]:
    """Serve a settings module's project until the block ends; its log is in folder."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder / 'served.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": settings,
        **variables,
    }
    server = Server(port, environment)
    server.manage("migrate", "--verbosity=0")
    options = [f"--bind=127.0.0.1:{port}", "--threads=4"]
    with (
        (folder / "server.log").open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-m", "gunicorn", APPLICATION, *options],
            env=environment,
            stdout=log,
            stderr=log,
        ) as process,
    ):
        try:
            wait_for(server.is_up)
            yield server
        finally:
            process.terminate()
