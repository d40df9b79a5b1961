"""A database for one run, made and dropped, and the ways in which it can fail."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from django.core.management import call_command
from django.db import connections

from tests.chaos.outages import CutWire, FullDisk, Outage
from tests.chaos.proxy import Proxy
from tests.chaos.servers import OwnServer, own_server
from tests.settings import database as parse_url

#: The alias by which this process reaches the database of the run at hand, whatever
#: happens to the host's own way to it.
ALIAS = "chaos"

#: For each server: the variable that names it, and the database to connect to while
#: there is no other.
SERVERS = {
    "postgresql": ("TEST_POSTGRESQL_URL", "postgres"),
    "mariadb": ("TEST_MARIADB_URL", ""),
}
DATABASES = ("sqlite", *SERVERS)
PORTS = {"postgresql": 5432, "mariadb": 3306}
#: While a file of this name is in a run's folder, the disk is full.
QUOTA = "quota"


def at_hand() -> list[str]:
    """Return the databases that a run can have: SQLite, and the servers named."""
    return [
        name
        for name in DATABASES
        if name not in SERVERS or os.environ.get(SERVERS[name][0])
    ]


@contextmanager
def run_database(
    name: str, *, folder: Path, label: str
) -> Iterator[tuple[str, dict[str, Outage]]]:
    """Make a database with all tables, and drop it after.

    Give the URL by which the host reaches it, and how it can fail. SQLite's file is in
    the folder. A server is the run's own where it is installed, else the one that is
    named; the database has the label for its name.
    """
    if name == "sqlite":
        url = f"sqlite:///{folder / 'chaos.sqlite3'}"
        with _connected(url):
            yield url, {"fill the disk": FullDisk(folder / QUOTA)}
        return
    with own_server(name) as stopped:
        server = _server(name, stopped)
        own = server._replace(path=f"/{label}")
        proxy = Proxy(server.port or PORTS[name])
        wire = own._replace(netloc=at_port(own.netloc, proxy.port))
        outages: dict[str, Outage] = {"cut off the database": CutWire(proxy)}
        if stopped:
            outages["stop the database"] = stopped
        try:
            with _made(server.geturl(), label), _connected(own.geturl()):
                yield wire.geturl(), outages
        finally:
            proxy.end()


def _server(name: str, own: OwnServer | None) -> SplitResult:
    """Return the URL of a server's first database: of the run's own, if it has one."""
    variable, first = SERVERS[name]
    named = urlsplit(os.environ[variable])._replace(path=f"/{first}")
    return named._replace(netloc=own.netloc) if own else named


@contextmanager
def _made(server: str, label: str) -> Iterator[None]:
    is_mariadb = server.startswith("mysql")
    making, dropping = (
        (" CHARACTER SET utf8mb4", "") if is_mariadb else ("", " WITH (FORCE)")
    )
    _execute(server, f"CREATE DATABASE {label}{making}")
    try:
        yield
    finally:
        _execute(server, f"DROP DATABASE {label}{dropping}")


def _execute(server: str, statement: str) -> None:
    _use(server)
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(statement)
    connections[ALIAS].close()


@contextmanager
def _connected(url: str) -> Iterator[None]:
    _use(url)
    try:
        call_command("migrate", database=ALIAS, verbosity=0)
        # The server may be stopped meanwhile.
        connections[ALIAS].close()
        yield
    finally:
        connections[ALIAS].close()


def _use(url: str) -> None:
    """Let the alias name the database of a URL."""
    configured = connections.configure_settings({"default": parse_url(url)})
    connections.settings[ALIAS] = configured["default"]
    with suppress(AttributeError):
        del connections[ALIAS]


def at_port(netloc: str, port: int) -> str:
    user, at, _host = netloc.rpartition("@")
    return f"{user}{at}127.0.0.1:{port}"
