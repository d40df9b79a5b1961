"""Measure in a process of its own, with Django set up and databases made for it.

    python -m benchmarks.child MODULE

calls ``measure()`` of the module, and prints the rows that it yields as JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import django
from django.db import connections

Row = dict[str, Any]


def run(module: str, **environ: str) -> list[Row]:
    """Return the rows that a module measures in a child of this process."""
    child = subprocess.run(
        [sys.executable, "-m", "benchmarks.child", module],
        env={**os.environ, **environ, "DJANGO_SETTINGS_MODULE": "benchmarks.settings"},
        stdout=subprocess.PIPE,
        check=True,
    )
    rows: list[Row] = json.loads(child.stdout.splitlines()[-1])
    return rows


@contextmanager
def test_databases() -> Iterator[None]:
    """Make a database for each alias, with its tables, and destroy it at the end."""
    for connection in connections.all():
        connection.creation.create_test_db(
            verbosity=0, serialize=False, autoclobber=True
        )
    try:
        yield
    finally:
        for connection in connections.all():
            name = str(connection.settings_dict["NAME"])
            connection.creation.destroy_test_db(name, verbosity=0)


def main(module: str) -> None:
    django.setup()
    with test_databases():
        rows = list(import_module(module).measure())
    print(json.dumps(rows))


if __name__ == "__main__":
    main(sys.argv[1])
