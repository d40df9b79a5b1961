"""What the settings read from environment variables, and what follows from it."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.management.utils import get_random_secret_key


def listed(name: str, default: str = "") -> list[str]:
    """Return the values of a variable that holds several, separated by commas."""
    values = (os.environ.get(name) or default).split(",")
    return [value.strip() for value in values if value.strip()]


def is_on(name: str) -> bool:
    return os.environ.get(name, "").lower() in ("1", "on", "true", "yes")


def secret_key(*, kept_in: Path) -> str:
    """Return DJANGO_SECRET_KEY, or else one that is made up once and kept in a file.

    Several workers have to agree on it, and sessions to outlive the process.
    """
    if key := os.environ.get("DJANGO_SECRET_KEY"):
        return key
    if not kept_in.exists():
        with tempfile.NamedTemporaryFile("w", dir=kept_in.parent) as file:
            file.write(get_random_secret_key())
            file.flush()
            # Whole or not at all, and only by the first of several that start at once.
            with contextlib.suppress(FileExistsError):
                os.link(file.name, kept_in)
    return kept_in.read_text()


def database(*, default: Path) -> dict[str, Any]:
    """Return Django's settings of DATABASE_URL, or else of a SQLite file."""
    config: dict[str, Any] = {
        **dj_database_url.parse(
            os.environ.get("DATABASE_URL") or f"sqlite:///{default}",
            conn_max_age=int(os.environ.get("DATABASE_CONN_MAX_AGE", "60")),
            conn_health_checks=True,
        )
    }
    if config["ENGINE"] == "django.db.backends.sqlite3":
        # Readers never wait; writers wait for their turn instead of failing half-way.
        config["OPTIONS"] = {
            "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;",
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
        }
    return config


def file_cache(*, beside: str) -> dict[str, Any]:
    """Return Django's settings of a cache in a folder beside the named database.

    Refused requests are counted in the cache. As files, ``docusign_status`` and the
    other processes see the counts too; beside the database, they are about its
    messages.
    """
    return {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": Path(__file__).parent / f"{beside}.cache",
    }


def console_logging() -> dict[str, Any]:
    """Return settings of LOGGING that show errors on the console, DEBUG on or off."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"console": {"class": "logging.StreamHandler"}},
        "root": {"handlers": ["console"], "level": "WARNING"},
    }
