from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from django.core.checks import CheckMessage, run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db.backends.postgresql.psycopg_any import IsolationLevel

from django_docusign_connect.processors import Processor
from tests.fake_docusign import pem, rsa_key

FILES = "django.core.files.storage.FileSystemStorage"


class NotProcessor:
    """Has nothing of what a processor has."""


class ScheduledProcessor(Processor):
    def enqueue(self, message: object) -> None:
        """Do nothing."""


def broken_key() -> str:
    raise RuntimeError("The vault is sealed.")


def elliptic_pem() -> str:
    """Return a private key that is none of RSA."""
    return pem(generate_private_key(SECP256R1()))


@pytest.fixture
def found(settings: Any) -> Callable[..., list[CheckMessage]]:
    """Return what the system checks say of a ``DOCUSIGN_CONNECT``."""

    def found(options: Any = None, /, **more: Any) -> list[CheckMessage]:
        settings.DOCUSIGN_CONNECT = {"HMAC_KEYS": ["key"]} | more
        if options is not None:
            settings.DOCUSIGN_CONNECT = options
        return [
            message
            for message in run_checks()
            if str(message.id).startswith("docusign_connect.")
        ]

    return found


@pytest.fixture(autouse=True)
def _no_key_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DOCUSIGN_NO_SUCH_KEY", raising=False)


@pytest.fixture
def storage(settings: Any) -> Callable[[dict[str, Any]], None]:
    def storage(config: dict[str, Any]) -> None:
        settings.STORAGES = {**settings.STORAGES, "docusign_connect": config}

    return storage


Found = Callable[..., list[CheckMessage]]
SetStorage = Callable[[dict[str, Any]], None]


def texts(messages: list[CheckMessage]) -> list[tuple[str, str]]:
    return [(str(message.id).partition(".")[2], message.msg) for message in messages]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"HMAC_KEYS": ("one", lambda: "two")},
        {"ACCOUNT_IDS": ["4197223"], "AUTHENTICATION": ["hmac"]},
        {"LISTENERS": {"demo-2_b": {"HMAC_KEYS": ["k"], "ACCOUNT_IDS": ()}}},
        {"LISTENERS": {"demo": {}}},
        {"SILENCE_AFTER": None},
        {"SILENCE_AFTER": 0.5, "LISTENERS": {"demo": {"SILENCE_AFTER": 86400}}},
        {"RETRY_DELAYS": []},
        {"RETRY_DELAYS": (0, 1.5)},
        {"MAX_BODY_BYTES": 1, "BODY_INLINE_BYTES": 1, "CLAIM_SECONDS": 0.5},
        {"PROCESSOR": "immediate"},
        {"PROCESSOR": "deferred"},
        {"PROCESSOR": "tests.test_checks.ScheduledProcessor"},
    ],
)
def test_good_configuration_has_nothing_to_say(
    found: Found, options: dict[str, Any]
) -> None:
    assert found(**options) == []


@pytest.mark.parametrize(
    ("options", "number", "message", "hint"),
    [
        (
            {"HMAC_KEY": ["key"]},
            "E002",
            "DOCUSIGN_CONNECT has an unknown key 'HMAC_KEY'.",
            "Did you mean 'HMAC_KEYS'?",
        ),
        (
            {"zzz": 1},
            "E002",
            "DOCUSIGN_CONNECT has an unknown key 'zzz'.",
            "Known: AUTHENTICATION, HMAC_KEYS,",
        ),
        (
            {"AUTHENTICATION": "hmac"},
            "E003",
            "DOCUSIGN_CONNECT['AUTHENTICATION'] must be a list of names of methods.",
            "Known methods: hmac",
        ),
        (
            {"AUTHENTICATION": []},
            "E004",
            "DOCUSIGN_CONNECT['AUTHENTICATION'] must not be empty.",
            "Nothing would be verified, so all is refused.",
        ),
        (
            {"AUTHENTICATION": ["hmac", "trust"]},
            "E005",
            "DOCUSIGN_CONNECT['AUTHENTICATION'] names an unknown method 'trust'.",
            "Known methods: hmac",
        ),
        (
            {"HMAC_KEYS": "key"},
            "E006",
            "DOCUSIGN_CONNECT['HMAC_KEYS'] must be a list of keys.",
            'List the keys: texts, callables, or "env:NAME" for a variable.',
        ),
        (
            {"HMAC_KEYS": [b"key"]},
            "E006",
            "DOCUSIGN_CONNECT['HMAC_KEYS'] must be a list of keys.",
            "List the keys",
        ),
        (
            {"RETRY_DELAYS": [60, "300"]},
            "E008",
            "DOCUSIGN_CONNECT['RETRY_DELAYS'] must be a list of seconds.",
            "One number of seconds for each further try",
        ),
        (
            {"RETRY_DELAYS": [-1]},
            "E008",
            "DOCUSIGN_CONNECT['RETRY_DELAYS'] must be a list of seconds.",
            "One number of seconds for each further try",
        ),
        (
            {"ACCOUNT_IDS": "4197223"},
            "E009",
            "DOCUSIGN_CONNECT['ACCOUNT_IDS'] must be a list of texts.",
            "List the IDs as texts; an empty list accepts every account.",
        ),
        (
            {"ACCOUNT_IDS": [4197223]},
            "E009",
            "DOCUSIGN_CONNECT['ACCOUNT_IDS'] must be a list of texts.",
            "List the IDs as texts",
        ),
        (
            {"LISTENERS": ["demo"]},
            "E010",
            "DOCUSIGN_CONNECT['LISTENERS'] must be a dict of slug to options.",
            'Write {"slug": {"HMAC_KEYS": ["…"]}}.',
        ),
        (
            {"LISTENERS": {"de/mo": {}}},
            "E011",
            "DOCUSIGN_CONNECT['LISTENERS']['de/mo'] is no slug of at most 50 "
            "characters.",
            "It is a part of a URL",
        ),
        (
            {"LISTENERS": {"d" * 51: {}}},
            "E011",
            f"DOCUSIGN_CONNECT['LISTENERS'][{'d' * 51!r}] is no slug of at most 50 "
            "characters.",
            "It is a part of a URL",
        ),
        (
            {"LISTENERS": {"demo": ["key"]}},
            "E012",
            "DOCUSIGN_CONNECT['LISTENERS']['demo'] must be a dict of options.",
            "A listener has ACCOUNT_IDS, API, AUTHENTICATION, HMAC_KEYS, SILENCE_"
            "AFTER.",
        ),
        (
            {"LISTENERS": {"demo": {"PROCESSOR": "immediate"}}},
            "E012",
            "DOCUSIGN_CONNECT['LISTENERS']['demo'] has an option 'PROCESSOR' that no "
            "listener has.",
            "A listener has ACCOUNT_IDS, API, AUTHENTICATION, HMAC_KEYS, SILENCE_"
            "AFTER.",
        ),
        (
            {"LISTENERS": {"demo": {"AUTHENTICATION": []}}},
            "E004",
            "DOCUSIGN_CONNECT['LISTENERS']['demo']['AUTHENTICATION'] must not be "
            "empty.",
            "Nothing would be verified",
        ),
        (
            {"PROCESSOR": "celerry"},
            "E013",
            "DOCUSIGN_CONNECT['PROCESSOR'] cannot be imported: celerry",
            "Name one of immediate, deferred",
        ),
        (
            {"PROCESSOR": "tests.test_checks.Missing"},
            "E013",
            "DOCUSIGN_CONNECT['PROCESSOR'] cannot be imported: Module",
            "or a class by its dotted path.",
        ),
        (
            {"PROCESSOR": "tests.test_checks.broken_key"},
            "E013",
            "DOCUSIGN_CONNECT['PROCESSOR'] 'tests.test_checks.broken_key' is no "
            "Processor.",
            "or a class by its dotted path.",
        ),
        (
            {"PROCESSOR": "tests.test_checks.NotProcessor"},
            "E013",
            "DOCUSIGN_CONNECT['PROCESSOR'] 'tests.test_checks.NotProcessor' is no "
            "Processor.",
            "or a class by its dotted path.",
        ),
        (
            {"HMAC_KEYS": []},
            "W001",
            "DOCUSIGN_CONNECT['HMAC_KEYS'] has no key.",
            "Add the account's Connect key; until then every message is refused.",
        ),
        (
            {"HMAC_KEYS": ["", "env:DOCUSIGN_NO_SUCH_KEY"]},
            "W001",
            "DOCUSIGN_CONNECT['HMAC_KEYS'] has no key.",
            "Add the account's Connect key",
        ),
        (
            {"HMAC_KEYS": ["key", "env:DOCUSIGN_NO_SUCH_KEY"]},
            "W002",
            "DOCUSIGN_CONNECT['HMAC_KEYS'] has an empty key, number 2.",
            "It never verifies. Is its environment variable set?",
        ),
        (
            {"HMAC_KEYS": ["key\n"]},
            "W003",
            "DOCUSIGN_CONNECT['HMAC_KEYS'] has blanks around key 1.",
            "Copy the key again, without blanks and line breaks around it.",
        ),
        (
            {"LISTENERS": {"demo": {"HMAC_KEYS": []}}},
            "W001",
            "DOCUSIGN_CONNECT['LISTENERS']['demo']['HMAC_KEYS'] has no key.",
            "Add the account's Connect key",
        ),
    ],
)
def test_mistake_is_told_with_what_to_do(
    found: Found, options: dict[str, Any], number: str, message: str, hint: str
) -> None:
    (problem,) = found(**options)
    assert problem.id == f"docusign_connect.{number}"
    assert problem.msg.startswith(message)
    assert hint in str(problem.hint)


@pytest.mark.parametrize("options", [["HMAC_KEYS"], "key", 5])
def test_setting_that_is_no_dict_is_an_error(found: Found, options: Any) -> None:
    assert texts(found(options)) == [("E001", "DOCUSIGN_CONNECT must be a dict.")]


@pytest.mark.parametrize(
    "name",
    [
        "MAX_BODY_BYTES",
        "BODY_INLINE_BYTES",
        "CLAIM_SECONDS",
        "BACKLOG_MAX_AGE",
        "STREAM_INTERVAL",
        "STREAM_HEARTBEAT",
        "STREAM_SECONDS",
    ],
)
@pytest.mark.parametrize("value", [0, -1, "64MB", None, True])
def test_number_must_be_above_zero(found: Found, name: str, value: Any) -> None:
    (problem,) = found(**{name: value})
    assert problem.id == "docusign_connect.E007"
    assert problem.msg == (
        f"DOCUSIGN_CONNECT[{name!r}] must be a number above 0, not {value!r}."
    )
    assert problem.hint == "Bytes or seconds, by its name."


@pytest.mark.parametrize("value", [0, -1, "6 hours", True, float("nan")])
@pytest.mark.parametrize("where", ["", "['LISTENERS']['demo']"])
def test_silence_must_be_none_or_above_zero(
    found: Found, where: str, value: Any
) -> None:
    options = {"SILENCE_AFTER": value}
    (problem,) = found(**({"LISTENERS": {"demo": options}} if where else options))
    assert problem.id == "docusign_connect.E020"
    assert problem.msg == (
        f"DOCUSIGN_CONNECT{where}['SILENCE_AFTER'] must be None or a number above 0, "
        f"not {value!r}."
    )
    assert problem.hint == "It is in seconds."


def test_project_without_time_zones_is_an_error(found: Found, settings: Any) -> None:
    settings.USE_TZ = False
    (problem,) = found()
    assert (problem.id, problem.msg) == (
        "docusign_connect.E014",
        "USE_TZ must be True.",
    )
    assert problem.hint == "DocuSign's times are kept as aware UTC."


def test_storage_that_cannot_be_imported_is_an_error(
    found: Found, storage: SetStorage
) -> None:
    storage({"BACKEND": "no.such.Storage"})
    (problem,) = found()
    assert problem.id == "docusign_connect.E015"
    assert problem.msg.startswith("STORAGES['docusign_connect'] cannot be used: ")
    assert "take the alias out" in str(problem.hint)


@pytest.mark.parametrize("folder", ["", "docusign", "a/../b"])
def test_storage_in_the_public_folder_is_an_error(
    found: Found, storage: SetStorage, settings: Any, folder: str
) -> None:
    storage(
        {
            "BACKEND": FILES,
            "OPTIONS": {"location": os.path.join(settings.MEDIA_ROOT, folder)},
        }
    )
    (problem,) = found()
    assert problem.id == "docusign_connect.E016"
    assert problem.msg == "STORAGES['docusign_connect'] is in the public MEDIA_ROOT."
    assert "that no web server serves" in str(problem.hint)


def test_storage_without_a_folder_of_its_own_is_an_error(
    found: Found, storage: SetStorage
) -> None:
    storage({"BACKEND": FILES})
    assert [problem.id for problem in found()] == ["docusign_connect.E016"]


def test_private_storage_is_good(
    found: Found, storage: SetStorage, settings: Any, tmp_path: Path
) -> None:
    beside_media = settings.MEDIA_ROOT + "-private"
    for location in (str(tmp_path), beside_media):
        storage({"BACKEND": FILES, "OPTIONS": {"location": location}})
        assert found() == []
    storage({"BACKEND": "django.core.files.storage.InMemoryStorage"})
    assert found() == []


def test_project_without_media_has_no_public_folder(
    found: Found, storage: SetStorage, settings: Any
) -> None:
    settings.MEDIA_ROOT = ""
    storage({"BACKEND": FILES, "OPTIONS": {"location": os.path.abspath("private")}})
    assert found() == []


def test_key_that_a_vault_holds_is_not_asked_for(found: Found) -> None:
    assert found(HMAC_KEYS=[broken_key]) == []


def test_unknown_keys_of_any_type_are_told(found: Found) -> None:
    problems = found({"HMAC_KEYS": ["key"], 5: "five", "FIVE": 5})
    assert [problem.id for problem in problems] == ["docusign_connect.E002"] * 2


def test_several_mistakes_are_told_at_once(found: Found) -> None:
    problems = found(HMAC_KEYS=[" k"], RETRY_DELAYS=5, CLAIM_SECONDS=0, NEW=1)
    numbers = sorted(number for number, _ in texts(problems))
    assert numbers == ["E002", "E007", "E008", "W003"]


def test_no_check_tells_a_key(found: Found) -> None:
    problems = found(HMAC_KEYS=["hidden-key\n", ""], HMAC_KEY="hidden-key")
    assert problems
    assert all("hidden-key" not in f"{one.msg} {one.hint}" for one in problems)


@pytest.mark.django_db
def test_manage_check_fails_for_a_mistake(settings: Any) -> None:
    settings.DOCUSIGN_CONNECT = {"HMAC_KEY": "key"}
    with pytest.raises(SystemCheckError, match=r"docusign_connect\.E002"):
        call_command("check")


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        ({}, ["docusign_connect.W010"]),
        ({"transaction_mode": "IMMEDIATE"}, ["docusign_connect.W010"]),
        ({"init_command": "PRAGMA journal_mode=WAL"}, ["docusign_connect.W010"]),
        (
            {
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL",
            },
            [],
        ),
    ],
)
def test_sqlite_that_does_not_wait_its_turn_is_a_warning(
    monkeypatch: pytest.MonkeyPatch, options: dict[str, str], ids: list[str]
) -> None:
    database = {"ENGINE": "django.db.backends.sqlite3", "OPTIONS": options}
    monkeypatch.setattr("django.conf.settings.DATABASES", {"default": database})
    problems = [one for one in run_checks() if one.id == "docusign_connect.W010"]
    assert [one.id for one in problems] == ids
    assert all("journal_mode=WAL" in str(one.hint) for one in problems)


def connection_checks(
    monkeypatch: pytest.MonkeyPatch, **databases: dict[str, Any]
) -> list[CheckMessage]:
    monkeypatch.setattr("django.conf.settings.DATABASES", databases)
    return [one for one in run_checks() if one.id == "docusign_connect.W011"]


@pytest.mark.parametrize("engine", ["postgresql", "mysql"])
@pytest.mark.parametrize(
    "options", [{}, {"CONN_MAX_AGE": 0}, {"OPTIONS": {"pool": False}}]
)
def test_database_that_is_connected_to_for_each_request_is_a_warning(
    monkeypatch: pytest.MonkeyPatch, engine: str, options: dict[str, Any]
) -> None:
    database = {"ENGINE": f"django.db.backends.{engine}", **options}
    (problem,) = connection_checks(monkeypatch, default={}, letters=database)
    assert problem.msg.startswith("DATABASES['letters'] is connected to anew")
    assert "Set CONN_MAX_AGE to 60" in str(problem.hint)


@pytest.mark.parametrize(
    ("engine", "options"),
    [
        ("postgresql", {"CONN_MAX_AGE": 60}),
        ("postgresql", {"CONN_MAX_AGE": None}),
        ("postgresql", {"OPTIONS": {"pool": True}}),
        ("postgresql", {"CONN_MAX_AGE": 0, "OPTIONS": {"pool": {"min_size": 2}}}),
        ("mysql", {"CONN_MAX_AGE": 1}),
        ("sqlite3", {}),
    ],
)
def test_database_whose_connections_are_kept_is_good(
    monkeypatch: pytest.MonkeyPatch, engine: str, options: dict[str, Any]
) -> None:
    database = {"ENGINE": f"django.db.backends.{engine}", **options}
    assert connection_checks(monkeypatch, default=database) == []


def isolation_checks(
    monkeypatch: pytest.MonkeyPatch, engine: str, options: dict[str, Any]
) -> list[CheckMessage]:
    database = {"ENGINE": f"django.db.backends.{engine}", "OPTIONS": options}
    monkeypatch.setattr("django.conf.settings.DATABASES", {"letters": database})
    return [one for one in run_checks() if one.id == "docusign_connect.W012"]


@pytest.mark.parametrize(
    ("engine", "level"),
    [
        ("mysql", "repeatable read"),
        ("mysql", "SERIALIZABLE"),
        ("mysql", None),
        ("postgresql", IsolationLevel.REPEATABLE_READ),
        ("postgresql", IsolationLevel.SERIALIZABLE),
    ],
)
def test_database_of_another_isolation_is_a_warning(
    monkeypatch: pytest.MonkeyPatch, engine: str, level: Any
) -> None:
    options = {"isolation_level": level}
    (problem,) = isolation_checks(monkeypatch, engine, options)
    assert problem.msg.startswith("DATABASES['letters'] has another isolation_level")
    assert "Take isolation_level out of OPTIONS" in str(problem.hint)


@pytest.mark.parametrize(
    ("engine", "options"),
    [
        ("mysql", {}),
        ("mysql", {"isolation_level": "Read Committed"}),
        ("postgresql", {}),
        ("postgresql", {"isolation_level": IsolationLevel.READ_COMMITTED}),
        ("sqlite3", {"isolation_level": None}),
    ],
)
def test_database_that_reads_what_is_committed_is_good(
    monkeypatch: pytest.MonkeyPatch, engine: str, options: dict[str, Any]
) -> None:
    assert isolation_checks(monkeypatch, engine, options) == []


@pytest.mark.parametrize(
    ("options", "number"),
    [
        ({"CLAIM_SECONDS": float("nan")}, "E007"),
        ({"CLAIM_SECONDS": 1e15}, "E007"),
        ({"MAX_BODY_BYTES": float("inf")}, "E007"),
        ({"RETRY_DELAYS": [float("inf")]}, "E008"),
        ({"RETRY_DELAYS": [1e13]}, "E008"),
        ({"LISTENERS": {3: {}}}, "E011"),
    ],
)
def test_number_beyond_all_sense_is_an_error(
    found: Found, options: dict[str, Any], number: str
) -> None:
    assert [one.id for one in found(**options)] == [f"docusign_connect.{number}"]


API: dict[Any, Any] = {
    "INTEGRATION_KEY": "key",
    "USER_ID": "user",
    "PRIVATE_KEY": pem(rsa_key()),
}


def api_ids(found: Callable[..., list[CheckMessage]], api: Any) -> list[str]:
    return [str(message.id).rpartition(".")[2] for message in found(API=api)]


@pytest.mark.parametrize(
    "api",
    [
        {},
        API,
        {**API, "OAUTH_HOST": "account-d.docusign.com", "TIMEOUT": 5},
        {**API, "PRIVATE_KEY": API["PRIVATE_KEY"].replace("\n", "\\n")},
        {**API, "PRIVATE_KEY": broken_key},
    ],
)
def test_api_that_is_set_up_well_or_not_at_all_is_fine(
    api: Any, found: Callable[..., list[CheckMessage]]
) -> None:
    assert api_ids(found, api) == []


@pytest.mark.parametrize(
    ("api", "ids"),
    [
        (["key"], ["E021"]),
        (None, ["E021"]),
        ({**API, "KEY": "x", 7: "y"}, ["E022", "E022"]),
        ({"PRIVATE_KEY": API["PRIVATE_KEY"]}, ["E023", "E023"]),
        ({**API, "USER_ID": 7}, ["E024"]),
        ({**API, "PRIVATE_KEY": b"bytes"}, ["E024"]),
        ({**API, "OAUTH_HOST": "https://account.docusign.com"}, ["E024"]),
        ({**API, "OAUTH_HOST": None}, ["E024"]),
        ({**API, "TIMEOUT": 0}, ["E024"]),
        ({**API, "TIMEOUT": True}, ["E024"]),
        ({**API, "TIMEOUT": "5"}, ["E024"]),
        ({**API, "PRIVATE_KEY": "a secret"}, ["E025"]),
        ({**API, "PRIVATE_KEY": elliptic_pem()}, ["E025"]),
        ({**API, "PRIVATE_KEY": "env:DOCUSIGN_NO_SUCH_KEY"}, ["W004"]),
        ({**API, "USER_ID": " "}, ["W004"]),
    ],
)
def test_api_that_cannot_be_asked_is_told_of(
    api: Any, ids: list[str], found: Callable[..., list[CheckMessage]]
) -> None:
    assert api_ids(found, api) == ids


def test_private_key_is_not_shown(found: Callable[..., list[CheckMessage]]) -> None:
    (message,) = found(API={**API, "PRIVATE_KEY": "a secret"})
    assert "a secret" not in f"{message.msg} {message.hint}"


def test_api_of_a_listener_is_checked(
    found: Callable[..., list[CheckMessage]],
) -> None:
    (message,) = found(LISTENERS={"leases": {"API": "key"}})
    assert message.id == "docusign_connect.E021"
    assert "['LISTENERS']['leases']['API']" in message.msg


def test_missing_client_of_the_api_is_told_of(
    found: Callable[..., list[CheckMessage]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "django_docusign_connect.client.esign", False)
    monkeypatch.setitem(sys.modules, "docusign_esign", None)
    (message,) = found(API=API)
    assert message.id == "docusign_connect.E026"
    assert "django-docusign-connect[api]" in str(message.hint)
