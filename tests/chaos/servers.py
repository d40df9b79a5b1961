"""Servers of a run's own, which can be stopped as no shared one may be."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from glob import glob
from pathlib import Path

from tests.chaos.actors import END_SECONDS, free_port
from tests.processes import wait_for

#: Where Debian has the servers' programs, beside PATH.
PLACES = ("/usr/sbin", *sorted(glob("/usr/lib/postgresql/*/bin"), reverse=True))
#: What each of the servers says once it can be used.
READY = ("ready to accept connections", "ready for connections")


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How a server is made and run; in the commands, ``{}`` stand for its own.

    ``stop`` is the signal that ends it at once, as a crash would. ``user`` is whom
    root runs it as; ``account`` is who may connect, with no password.
    """

    make: tuple[str, ...] = ()
    serve: tuple[str, ...]
    stop: signal.Signals = signal.SIGKILL
    user: str | None = None
    account: str = ""

    @property
    def is_installed(self) -> bool:
        commands = filter(None, (self.make, self.serve))
        return all(_program(command[0]) for command in commands)


KINDS = {
    "postgresql": Kind(
        make=(
            *("initdb", "--pgdata={folder}/data", "--encoding=UTF8", "--no-sync"),
            *("--auth=trust", "--username=postgres"),
        ),
        serve=(
            *("postgres", "-D", "{folder}/data", "-h", "127.0.0.1", "-p", "{port}"),
            *("-c", "unix_socket_directories=", "-c", "fsync=off"),
        ),
        # Killed by SIGKILL, it would leave its children.
        stop=signal.SIGQUIT,
        user="postgres",
        account="postgres@",
    ),
    "mariadb": Kind(
        make=(
            *("mariadb-install-db", "--no-defaults", "--datadir={folder}/data"),
            *("--auth-root-authentication-method=normal", "--skip-test-db"),
        ),
        serve=(
            *("mariadbd", "--no-defaults", "--datadir={folder}/data"),
            *("--bind-address=127.0.0.1", "--port={port}"),
            *("--socket={folder}/socket", "--pid-file={folder}/pid"),
        ),
        user="mysql",
        account="root@",
    ),
    # It keeps nothing, and comes back without its tasks.
    "redis": Kind(
        serve=(
            *("redis-server", "--bind", "127.0.0.1", "--port", "{port}"),
            *("--dir", "{folder}", "--save", "", "--appendonly", "no"),
        ),
    ),
}


class OwnServer:
    """A server that is stopped in the middle of its work, and started again."""

    def __init__(self, kind: Kind, folder: Path) -> None:
        self.kind = kind
        self.folder = folder
        self.port = free_port()
        self.log = folder / "log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def netloc(self) -> str:
        return f"{self.kind.account}127.0.0.1:{self.port}"

    def begin(self) -> None:
        """Stop the server at once; what it had promised to keep, it keeps."""
        if self._process is not None:
            self._process.send_signal(self.kind.stop)
            self._process.wait(timeout=END_SECONDS)
            self._process = None

    def end(self) -> None:
        """Start the server, unless it runs, and wait until it can be used."""
        if self._process is None:
            self._process = self._start(self.kind.serve)
            wait_for(self._is_ready)

    def make(self) -> None:
        """Make the server's data, and start it."""
        if self.kind.make:
            code = self._start(self.kind.make).wait(timeout=60)
            assert code == 0, self.log.read_text()
        self.end()

    def _start(self, command: tuple[str, ...]) -> subprocess.Popen[bytes]:
        name, *options = command
        own = {"folder": self.folder, "port": self.port}
        with self.log.open("wb") as log:
            return subprocess.Popen(
                [_program(name), *(option.format(**own) for option in options)],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                user=_user(self.kind),
            )

    def _is_ready(self) -> bool:
        text = self.log.read_text(errors="replace").lower()
        return any(words in text for words in READY)


@contextmanager
def own_server(name: str) -> Iterator[OwnServer | None]:
    """Make and start a server, and remove it after; None if it is not installed."""
    kind = KINDS[name]
    if not kind.is_installed:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="docusign-connect-server-") as folder:
        if user := _user(kind):
            shutil.chown(folder, user)
        server = OwnServer(kind, Path(folder))
        try:
            server.make()
            yield server
        finally:
            server.begin()


def _user(kind: Kind) -> str | None:
    """Return whom to run a server as: root may not run all of them itself."""
    return kind.user if os.geteuid() == 0 else None


def _program(name: str) -> str:
    """Return the path of a server's program; empty if it is not installed."""
    places = (os.environ.get("PATH", ""), *PLACES)
    return shutil.which(name, path=os.pathsep.join(places)) or ""
