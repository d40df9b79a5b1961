"""What the numbers were measured with: the machine and the versions of all that ran."""

from __future__ import annotations

import os
import platform
import sqlite3
from datetime import datetime, timezone
from importlib.metadata import version

import psycopg

from benchmarks.databases import VARIABLES

PACKAGES = (
    "django-docusign-connect",
    "Django",
    "psycopg",
    "gunicorn",
    "dj-stripe",
    "pydocusign",
)


def describe() -> dict[str, str]:
    found = {
        "date": datetime.now(timezone.utc).date().isoformat(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": str(os.cpu_count()),
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        **{name: version(name) for name in PACKAGES},
    }
    if url := os.environ.get(VARIABLES["PostgreSQL"]):
        server, _, _ = url.rpartition("/")
        with psycopg.connect(f"{server}/postgres") as connection:
            number = connection.info.server_version
            found["PostgreSQL"] = f"{number // 10_000}.{number % 10_000}"
    return found
