"""The ``DOCUSIGN_CONNECT`` setting; the one module that reads ``django.conf``."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from django.conf import settings

logger = logging.getLogger(__name__)

Key = str | Callable[[], str]
DEFAULT_LISTENER = "default"
STORAGE_ALIAS = "docusign_connect"
MEBIBYTE = 1024 * 1024

#: Django's backends of databases that are connected to over a network.
NETWORK_ENGINES = (
    "django.db.backends.postgresql",
    "django.db.backends.mysql",
    "django.contrib.gis.db.backends.postgis",
    "django.contrib.gis.db.backends.mysql",
)

#: Levels of isolation at which a transaction may read what is out of date, or fail
#: where others wait. MySQL's None stands for what its server is set to.
UNFIT_ISOLATION = ("repeatable read", "serializable", "none")

#: The methods that AUTHENTICATION may name.
AUTHENTICATION_METHODS = ("hmac",)

#: The processors that PROCESSOR may name, and their classes.
PROCESSORS = {
    "immediate": "django_docusign_connect.processors.immediate.ImmediateProcessor",
    "deferred": "django_docusign_connect.processors.deferred.DeferredProcessor",
    "celery": "django_docusign_connect.processors.celery.CeleryProcessor",
    "tasks": "django_docusign_connect.processors.tasks_backend.TasksProcessor",
}


@dataclass(frozen=True, kw_only=True)
class ConnectSettings:
    """What a project may put in its ``DOCUSIGN_CONNECT`` setting."""

    AUTHENTICATION: Sequence[str] = ("hmac",)
    """Methods of authentication; every one of them must pass."""

    HMAC_KEYS: Sequence[Key] = field(default=(), repr=False)
    """Connect keys, any of which may sign: texts, callables, or ``"env:NAME"``."""

    ACCOUNT_IDS: Sequence[str] = ()
    """Accounts whose messages are accepted; none named: all."""

    API: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """How DocuSign's API is asked on a listener's behalf; empty: never."""

    LISTENERS: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    """More listeners: a slug, and the options in which it differs from the default."""

    MAX_BODY_BYTES: int = 64 * MEBIBYTE
    """Size in bytes above which a message is refused with 413."""

    BODY_INLINE_BYTES: int = MEBIBYTE
    """Size in bytes above which a body is kept as a file instead of in its row."""

    PROCESSOR: str = "immediate"
    """When messages are processed: a processor's name, or a class's dotted path."""

    RETRY_DELAYS: Sequence[float] = (60, 300, 1800, 7200, 21600, 86400)
    """Seconds to wait before each further try; after the last comes ``abandoned``."""

    CLAIM_SECONDS: float = 60
    """Seconds for which a worker holds a message before another may take it."""

    BACKLOG_MAX_AGE: float = 3600
    """Seconds that a message may wait before ``docusign_status`` is unhealthy."""

    SILENCE_AFTER: float | None = None
    """Seconds without a message after which a listener is unhealthy; None: never."""

    STREAM_INTERVAL: float = 1
    """Seconds between two looks at the envelopes that a process has streams of."""

    STREAM_HEARTBEAT: float = 15
    """Seconds of silence after which a stream sends a comment, to keep it open."""

    STREAM_SECONDS: float = 300
    """Seconds after which a stream ends; its client asks for the next one."""

    def for_listener(self, slug: str) -> ConnectSettings:
        """Return the settings of one listener; KeyError if none has that slug."""
        if slug == DEFAULT_LISTENER and slug not in self.LISTENERS:
            return self
        return replace(self, **self.LISTENERS[slug])

    def listeners(self) -> dict[str, ConnectSettings]:
        """Return the settings of every listener by its slug, the default's first."""
        slugs = dict.fromkeys([DEFAULT_LISTENER, *self.LISTENERS])
        return {slug: self.for_listener(slug) for slug in slugs}

    @property
    def hmac_keys(self) -> tuple[str, ...]:
        """The texts of the keys, those left out that are empty or cannot be read.

        A text instead of a list has none: each of its letters would be a key.
        """
        if not isinstance(self.HMAC_KEYS, (list, tuple)):
            return ()
        numbered = enumerate(self.HMAC_KEYS, start=1)
        texts = (read_key(key, f"Key {at} of HMAC_KEYS") for at, key in numbered)
        return tuple(filter(None, texts))

    def accepts(self, account_id: str) -> bool:
        """Whether ACCOUNT_IDS name an account, or none at all."""
        accepted = {one.lower() for one in self.ACCOUNT_IDS}
        return not accepted or account_id.lower() in accepted


#: The options that a listener may set for itself.
LISTENER_OPTIONS = frozenset(
    {"AUTHENTICATION", "HMAC_KEYS", "ACCOUNT_IDS", "API", "SILENCE_AFTER"}
)


def resolve_key(key: Key) -> str:
    """Return the text of a key; empty if its variable is not set.

    Raises TypeError if it is no text, and whatever a callable raises.
    """
    text: object = key() if callable(key) else key
    if not isinstance(text, str):
        raise TypeError("A key is a text.")
    if text.startswith("env:"):
        return os.environ.get(text.removeprefix("env:"), "")
    return text


def read_key(key: Key, named: str) -> str:
    """Return the text of a key; empty, and told in the log, if it cannot be read.

    A callable is a guest, as receivers are. The log says no more than the type of what
    it raised: the rest may show the key.
    """
    try:
        text = resolve_key(key)
        text.encode()
    except Exception as error:
        logger.error("%s cannot be read: %s.", named, type(error).__name__)
        return ""
    return text


def raw_settings() -> Any:
    """Return what the project has set, checked by nothing."""
    return getattr(settings, "DOCUSIGN_CONNECT", {})


def unknown_settings() -> list[str]:
    """Return the keys of ``DOCUSIGN_CONNECT`` that mean nothing."""
    known = {option.name for option in fields(ConnectSettings)}
    return sorted(map(str, set(raw_settings()) - known))


#: What the settings were when they were last read, and what was read.
_last: tuple[dict[str, Any], ConnectSettings] = ({}, ConnectSettings())


def get_settings() -> ConnectSettings:
    """Read the settings afresh, so that ``override_settings`` simply works."""
    global _last
    now, (options, found) = raw_settings(), _last
    if now != options:
        found = ConnectSettings(**now)
        _last = (dict(now), found)
    return found


def processor_path() -> str:
    """Return the dotted path that ``PROCESSOR`` stands for, checked by nothing."""
    options = raw_settings()
    named = options.get("PROCESSOR") if isinstance(options, Mapping) else None
    name = str(named or ConnectSettings.PROCESSOR)
    return PROCESSORS.get(name, name)


def user_model() -> str:
    """Return the name of the model of the project's users."""
    return str(settings.AUTH_USER_MODEL)


def has_storage() -> bool:
    """Whether the project names a storage for bodies and documents."""
    return STORAGE_ALIAS in settings.STORAGES


def media_root() -> str:
    """Return the folder of files that the project serves to everybody."""
    return str(settings.MEDIA_ROOT)


def uses_time_zones() -> bool:
    return bool(settings.USE_TZ)


def slow_sqlite_databases() -> list[str]:
    """Return the aliases of SQLite databases without WAL or immediate transactions."""
    return [
        alias
        for alias, database in settings.DATABASES.items()
        if database.get("ENGINE") == "django.db.backends.sqlite3"
        and not _is_fast_sqlite(database.get("OPTIONS", {}))
    ]


def _is_fast_sqlite(options: Mapping[str, Any]) -> bool:
    is_immediate = options.get("transaction_mode", "").upper() == "IMMEDIATE"
    return is_immediate and "wal" in options.get("init_command", "").lower()


def databases_without_kept_connections() -> list[str]:
    """Return the aliases of databases to which each request makes a connection.

    Django's own pool keeps connections, too.
    """
    return [
        alias
        for alias, database in settings.DATABASES.items()
        if database.get("ENGINE") in NETWORK_ENGINES
        and database.get("CONN_MAX_AGE", 0) == 0
        and not database.get("OPTIONS", {}).get("pool")
    ]


def databases_of_unfit_isolation() -> list[str]:
    """Return the aliases of databases that are set to a level of UNFIT_ISOLATION."""
    return [
        alias
        for alias, database in settings.DATABASES.items()
        if database.get("ENGINE") in NETWORK_ENGINES
        and _isolation(database.get("OPTIONS", {})) in UNFIT_ISOLATION
    ]


def _isolation(options: Mapping[str, Any]) -> str:
    """Return the level's name, be it a text, as for MySQL, or of psycopg's enum."""
    level = options.get("isolation_level", "read committed")
    return str(getattr(level, "name", level)).replace("_", " ").lower()
