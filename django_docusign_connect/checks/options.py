"""One small check for each way to misconfigure ``DOCUSIGN_CONNECT``."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields

from django.core import checks
from django.core.checks import CheckMessage
from django.utils.module_loading import import_string

from django_docusign_connect import conf
from django_docusign_connect.checks.api import check_api
from django_docusign_connect.checks.told import Options, error, is_key, warning

LISTENER_HINT = f"A listener has {', '.join(sorted(conf.LISTENER_OPTIONS))}."
#: Seconds or bytes beyond which no setting makes sense; nothing infinite, nor NaN.
MOST = 10**12
NUMBERS = (
    "MAX_BODY_BYTES",
    "BODY_INLINE_BYTES",
    "CLAIM_SECONDS",
    "BACKLOG_MAX_AGE",
    "STREAM_INTERVAL",
    "STREAM_HEARTBEAT",
    "STREAM_SECONDS",
)
#: The extras that processors need, and the modules that each brings.
PROCESSOR_EXTRAS = {"celery": ("celery", "kombu"), "tasks": ("django_tasks",)}


def check_settings(**kwargs: object) -> list[CheckMessage]:
    """Check the whole of ``DOCUSIGN_CONNECT``."""
    options = conf.raw_settings()
    if not isinstance(options, Mapping):
        return [
            error("E001", "must be a dict.", hint='Write {"HMAC_KEYS": ["…"]}.'),
        ]
    return [
        *_unknown(options),
        *_listener(options, where=""),
        *_listeners(options),
        *_numbers(options),
        *_retry_delays(options),
        *_processor(options),
        *_time_zones(),
    ]


def _unknown(options: Options) -> Iterator[CheckMessage]:
    known = [field.name for field in fields(conf.ConnectSettings)]
    for key in conf.unknown_settings():
        close = difflib.get_close_matches(str(key).upper(), known, n=1)
        hint = f"Did you mean {close[0]!r}?" if close else f"Known: {', '.join(known)}."
        yield error("E002", f"has an unknown key {key!r}.", hint=hint)


def _listener(options: Options, *, where: str) -> Iterator[CheckMessage]:
    """Check the options that each listener may set for itself."""
    yield from _authentication(options, where)
    yield from _keys(options, where)
    yield from _silence(options, where)
    yield from check_api(options, where)
    accounts = options.get("ACCOUNT_IDS", ())
    if not _is_list_of(accounts, str):
        hint = "List the IDs as texts; an empty list accepts every account."
        yield error("E009", "must be a list of texts.", f"{where}['ACCOUNT_IDS']", hint)


def _authentication(options: Options, where: str) -> Iterator[CheckMessage]:
    methods = options.get("AUTHENTICATION", ("hmac",))
    name = f"{where}['AUTHENTICATION']"
    known = f"Known methods: {', '.join(conf.AUTHENTICATION_METHODS)}."
    if not _is_list_of(methods, str):
        yield error("E003", "must be a list of names of methods.", name, known)
    elif not methods:
        hint = f"Nothing would be verified, so all is refused. {known}"
        yield error("E004", "must not be empty.", name, hint)
    else:
        for method in sorted(set(methods) - set(conf.AUTHENTICATION_METHODS)):
            yield error("E005", f"names an unknown method {method!r}.", name, known)


def _keys(options: Options, where: str) -> Iterator[CheckMessage]:
    keys = options.get("HMAC_KEYS", ())
    name = f"{where}['HMAC_KEYS']"
    if where and "HMAC_KEYS" not in options:
        return
    if not isinstance(keys, (list, tuple)) or not all(map(is_key, keys)):
        hint = 'List the keys: texts, callables, or "env:NAME" for a variable.'
        yield error("E006", "must be a list of keys.", name, hint)
        return
    if "hmac" not in options.get("AUTHENTICATION", ("hmac",)):
        return
    # Callables are not called: they may ask a vault, over a network.
    texts = ["…" if callable(key) else conf.resolve_key(key) for key in keys]
    if not any(texts):
        hint = "Add the account's Connect key; until then every message is refused."
        yield warning("W001", "has no key.", name, hint)
    for number, text in enumerate(texts, start=1):
        if not text and any(texts):
            hint = "It never verifies. Is its environment variable set?"
            yield warning("W002", f"has an empty key, number {number}.", name, hint)
        elif text != text.strip():
            hint = "Copy the key again, without blanks and line breaks around it."
            yield warning("W003", f"has blanks around key {number}.", name, hint)


def _listeners(options: Options) -> Iterator[CheckMessage]:
    listeners = options.get("LISTENERS", {})
    if not isinstance(listeners, Mapping):
        hint = 'Write {"slug": {"HMAC_KEYS": ["…"]}}.'
        yield error("E010", "must be a dict of slug to options.", "['LISTENERS']", hint)
        return
    for slug, own in listeners.items():
        where = f"['LISTENERS'][{slug!r}]"
        if slug != str(slug) or not re.fullmatch(r"[-a-zA-Z0-9_]{1,50}", slug):
            hint = "It is a part of a URL: letters, digits, hyphens, underscores."
            yield error("E011", "is no slug of at most 50 characters.", where, hint)
        if not isinstance(own, Mapping):
            yield error("E012", "must be a dict of options.", where, LISTENER_HINT)
            continue
        for key in sorted(set(own) - conf.LISTENER_OPTIONS):
            text = f"has an option {key!r} that no listener has."
            yield error("E012", text, where, LISTENER_HINT)
        yield from _listener(own, where=where)


def _numbers(options: Options) -> Iterator[CheckMessage]:
    for name in NUMBERS:
        value = options.get(name, 1)
        if not _is_number(value) or value <= 0:
            text = f"must be a number above 0, not {value!r}."
            yield error("E007", text, f"[{name!r}]", "Bytes or seconds, by its name.")


def _silence(options: Options, where: str) -> Iterator[CheckMessage]:
    value = options.get("SILENCE_AFTER")
    if value is not None and not (_is_number(value) and value > 0):
        text = f"must be None or a number above 0, not {value!r}."
        yield error("E020", text, f"{where}['SILENCE_AFTER']", "It is in seconds.")


def _retry_delays(options: Options) -> Iterator[CheckMessage]:
    delays = options.get("RETRY_DELAYS", ())
    if not isinstance(delays, (list, tuple)) or not all(
        _is_number(delay) and delay >= 0 for delay in delays
    ):
        hint = "One number of seconds for each further try, such as [60, 300, 3600]."
        yield error("E008", "must be a list of seconds.", "['RETRY_DELAYS']", hint)


def _processor(options: Options) -> Iterator[CheckMessage]:
    name = str(options.get("PROCESSOR", "immediate"))
    hint = f"Name one of {', '.join(conf.PROCESSORS)}, or a class by its dotted path."
    try:
        processor = import_string(conf.PROCESSORS.get(name, name))
    except ImportError as missing:
        yield _extra(name, missing) or error(
            "E013", f"cannot be imported: {missing}", "['PROCESSOR']", hint
        )
        return
    if not (isinstance(processor, type) and hasattr(processor, "enqueue")):
        yield error("E013", f"{name!r} is no Processor.", "['PROCESSOR']", hint)


def _extra(name: str, missing: ImportError) -> CheckMessage | None:
    """Return the error for a processor whose extra is not installed; None if it is."""
    if missing.name not in PROCESSOR_EXTRAS.get(name, ()):
        return None
    text = f"is {name!r}, which needs {missing.name}; it is not installed."
    hint = f'Run: pip install "django-docusign-connect[{name}]"'
    return error("E017", text, "['PROCESSOR']", hint)


def _time_zones() -> Iterator[CheckMessage]:
    if not conf.uses_time_zones():
        yield checks.Error(
            "USE_TZ must be True.",
            hint="DocuSign's times are kept as aware UTC.",
            id="docusign_connect.E014",
        )


def _is_list_of(value: object, kind: type) -> bool:
    return isinstance(value, (list, tuple, set, frozenset)) and all(
        isinstance(item, kind) for item in value
    )


def _is_number(value: object) -> bool:
    is_numeric = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_numeric and abs(float(str(value))) <= MOST
