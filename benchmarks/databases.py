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


def environments(folder: str, aliases: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """Return what a child is to find in its environment, for SQLite and PostgreSQL.

    Each alias has a database of its own, so that each side of a comparison pays for
    its own housekeeping. The floors speak the SQL of these two.
    """
    return {
        name: {
            "DATABASE_URL": url,
            **{
                f"{alias.upper()}_DATABASE_URL": _beside(url, alias)
                for alias in aliases
            },
        }
        for name, url in databases(folder).items()
        if name != "MariaDB"
    }


@contextmanager
def swapped(alias: str, other: str) -> Iterator[None]:
    """Let all that uses one database use another meanwhile."""
    usual = connections[alias]
    connections[alias] = connections[other]
    try:
        yield
    finally:
        connections[alias] = usual


def test_url(url: str) -> str:
    """Return the URL of the database that a child has made for an URL's."""
    if url.startswith("sqlite:"):
        return url
    server, _, name = url.rpartition("/")
    return f"{server}/bench_{name}"


def _beside(url: str, name: str) -> str:
    path, question_mark, options = url.partition("?")
    return f"{path}_{name}{question_mark}{options}"
