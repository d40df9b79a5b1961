"""The databases that are measured."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections

VARIABLES = {"PostgreSQL": "TEST_POSTGRESQL_URL", "MariaDB": "TEST_MARIADB_URL"}


def databases(folder: str) -> dict[str, str]:
    """Return the URL of each database that the environment names, and SQLite's."""
    named = {name: os.environ.get(variable, "") for name, variable in VARIABLES.items()}
    named = {"SQLite": f"sqlite:///{folder}/benchmark.sqlite3", **named}
    return {name: url for name, url in named.items() if url}


def beside_floors(folder: str) -> dict[str, dict[str, str]]:
    """Return what a child is to find in its environment, for each database.

    The floors have a database of their own, so that each side pays for its own
    housekeeping. They speak the SQL of SQLite and PostgreSQL.
    """
    return {
        name: {"DATABASE_URL": url, "FLOORS_DATABASE_URL": _floors(url)}
        for name, url in databases(folder).items()
        if name != "MariaDB"
    }


@contextmanager
def as_default(alias: str) -> Iterator[None]:
    """Let all that uses the default database use another meanwhile."""
    usual = connections["default"]
    connections["default"] = connections[alias]
    try:
        yield
    finally:
        connections["default"] = usual


def test_url(url: str) -> str:
    """Return the URL of the database that a child has made for an URL's."""
    if url.startswith("sqlite:"):
        return url
    server, _, name = url.rpartition("/")
    return f"{server}/test_{name}"


def _floors(url: str) -> str:
    path, question_mark, options = url.partition("?")
    return f"{path}_floors{question_mark}{options}"
