"""The databases that are measured."""

from __future__ import annotations

import os


def databases(folder: str) -> dict[str, str]:
    """Return the URL of each database that the environment names, and SQLite's."""
    named = {
        "SQLite": f"sqlite:///{folder}/benchmark.sqlite3",
        "PostgreSQL": os.environ.get("TEST_POSTGRESQL_URL", ""),
        "MariaDB": os.environ.get("TEST_MARIADB_URL", ""),
    }
    return {name: url for name, url in named.items() if url}
