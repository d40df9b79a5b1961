"""Checks of what the project sets around the app: its databases and its storage."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.core import checks
from django.core.checks import CheckMessage
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage, storages

from django_docusign_connect import conf

SQLITE_HINT = (
    'Set OPTIONS to {"transaction_mode": "IMMEDIATE", "init_command": '
    '"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL"}.'
)
CONNECTION_HINT = (
    "Set CONN_MAX_AGE to 60 and CONN_HEALTH_CHECKS to True; or, on PostgreSQL, which "
    "is better under ASGI, OPTIONS['pool'] to True."
)


def check_storage(**kwargs: object) -> list[CheckMessage]:
    """Check that bodies and documents are kept where nobody can fetch them."""
    if not conf.has_storage():
        return []
    try:
        storage = storages[conf.STORAGE_ALIAS]
    except ImproperlyConfigured as error:
        hint = "Name a storage class that can be imported, or take the alias out."
        return [_storage_error("E015", f"cannot be used: {error}", hint=hint)]
    if isinstance(storage, FileSystemStorage) and conf.media_root():
        media = Path(conf.media_root()).resolve()
        location = Path(storage.location).resolve()
        if location == media or media in location.parents:
            hint = "Set its OPTIONS['location'] to a folder that no web server serves."
            return [_storage_error("E016", "is in the public MEDIA_ROOT.", hint=hint)]
    return []


def check_database(**kwargs: object) -> list[CheckMessage]:
    """Check that SQLite's writers wait, and how others are connected to."""
    return [*_sqlite(), *_connections(), *_isolation()]


def _sqlite() -> Iterator[CheckMessage]:
    for alias in conf.slow_sqlite_databases():
        yield checks.Warning(
            f"DATABASES[{alias!r}] is SQLite without WAL and immediate transactions, "
            "so that messages which come at once may be put off with 503.",
            hint=SQLITE_HINT,
            id="docusign_connect.W010",
        )


def _connections() -> Iterator[CheckMessage]:
    for alias in conf.databases_without_kept_connections():
        yield checks.Warning(
            f"DATABASES[{alias!r}] is connected to anew for each request, as its "
            "CONN_MAX_AGE is 0, which costs several times what a message does.",
            hint=CONNECTION_HINT,
            id="docusign_connect.W011",
        )


def _isolation() -> Iterator[CheckMessage]:
    for alias in conf.databases_of_unfit_isolation():
        yield checks.Warning(
            f"DATABASES[{alias!r}] has another isolation_level than READ COMMITTED, "
            "at which messages that come at once may fail, or miss what others wrote.",
            hint="Take isolation_level out of OPTIONS: Django's default is right.",
            id="docusign_connect.W012",
        )


def _storage_error(number: str, text: str, *, hint: str) -> CheckMessage:
    message = f"STORAGES[{conf.STORAGE_ALIAS!r}] {text}"
    return checks.Error(message, hint=hint, id=f"docusign_connect.{number}")
