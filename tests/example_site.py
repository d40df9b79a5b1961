"""Serves the example project as its users do, on a database file of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message as Headers
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from socket import create_server
from urllib.parse import urlencode

from django_docusign_connect.simulator import Message

from .listening import KEY, expected_signature

ROOT = Path(__file__).resolve().parent.parent
MANAGE = ROOT / "example_project" / "manage.py"
JSON = "application/json"
SERVERS = {
    "gunicorn": "gunicorn example_project.wsgi --threads 4 --bind 127.0.0.1:{port}",
    "uvicorn": "uvicorn example_project.asgi:application --port {port}",
}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Headers
    text: str


@dataclass
class Site:
    """The served example project, and a client that keeps its cookies."""

    port: int
    folder: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> Path:
        return self.folder / "example.sqlite3"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DATABASE_URL": f"sqlite:///{self.database}",
            "DJANGO_DEBUG": "",
            "DJANGO_SETTINGS_MODULE": "example_project.settings",
            "DOCUSIGN_CONNECT_HMAC_KEYS": f"an older key, {KEY}",
            **self.variables,
        }

    def manage(self, *arguments: str, cwd: Path = ROOT, **variables: str) -> str:
        """Run a command of the project and return what it prints."""
        return subprocess.run(
            [sys.executable, MANAGE, *arguments],
            env=self.environment | variables,
            cwd=cwd,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            timeout=60,
        ).stdout

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, headers=headers)

    def submit(self, path: str, **fields: str) -> Answer:
        """Submit a form, with the token that its page has set as a cookie."""
        fields["csrfmiddlewaretoken"] = self.cookies["csrftoken"]
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.request("POST", path, urlencode(fields).encode(), headers=headers)

    def deliver(self, message: Message) -> Answer:
        return self.post(message.body(), **message.headers)

    def post(self, body: bytes, *, key: str = KEY, **headers: str) -> Answer:
        """Post a body to the webhook, signed as DocuSign does."""
        signature = expected_signature(body, key)
        headers = {"Content-Type": JSON, "X-DocuSign-Signature-1": signature, **headers}
        return self.request("POST", "/docusign/connect/", body, headers=headers)

    def request(
        self, method: str, path: str, body: bytes = b"", *, headers: Mapping[str, str]
    ) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection.request(method, path, body, {**headers, "Cookie": cookies})
        try:
            return self._read(connection.getresponse())
        finally:
            connection.close()

    def _read(self, response: HTTPResponse) -> Answer:
        for cookie in response.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        text = response.read().decode()
        return Answer(response.status, response.headers, text)


@contextmanager
def serving(
    folder: Path, *, server: str = "gunicorn", **variables: str
) -> Iterator[Site]:
    """Serve the project until the block ends; its log is in the folder."""
    with create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    site = Site(port, folder, variables)
    site.manage("migrate", "--verbosity=0")
    command = SERVERS[server].format(port=port).split()
    with (
        (folder / "server.log").open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-m", *command],
            env=site.environment,
            cwd=ROOT,
            stdout=log,
            stderr=log,
        ) as process,
    ):
        try:
            wait_until_served(site)
            yield site
        finally:
            process.terminate()


def wait_until_served(site: Site) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            site.get("/docusign/health/")
        except (OSError, HTTPException):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return
