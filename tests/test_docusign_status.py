"""``docusign_status`` and the health page: what waits, fails, and is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.test import Client
from django.utils import timezone

from django_docusign_connect.authentication.signatures import fingerprint
from django_docusign_connect.models import ConnectMessage
from tests.bodies import sim

pytestmark = pytest.mark.django_db


def tell(*, code: int = 0, **options: Any) -> str:
    out = StringIO()
    if code:
        with pytest.raises(SystemExit) as ended:
            call_command("docusign_status", stdout=out, **options)
        assert ended.value.code == code
    else:
        call_command("docusign_status", stdout=out, **options)
    return out.getvalue()


def age_messages(*, seconds: float) -> None:
    """Let it be so many seconds longer ago that the messages came."""
    past = F("received_at") - timedelta(seconds=seconds)
    ConnectMessage.objects.update(received_at=past)


def test_quiet_installation_is_healthy() -> None:
    status = json.loads(tell(json=True))
    assert (status["status"], status["waiting"], status["abandoned"]) == ("ok", 0, 0)
    assert status["oldest_waiting_at"] is None
    assert status["listeners"][0]["last_message_at"] is None


def test_last_message_and_key_in_use_are_told(post: Callable[..., Any]) -> None:
    post(sim("envelope-sent"))
    (listener,) = json.loads(tell(json=True))["listeners"]
    assert listener["listener"] == "default"
    assert listener["last_message_at"][:10] == timezone.now().strftime("%Y-%m-%d")
    assert listener["keys"] == [
        {
            "key": fingerprint("test-key"),
            "last_matched_at": listener["last_message_at"],
        }
    ]
    assert "test-key" not in tell()


def test_refusals_are_counted_with_the_reason_of_the_last(
    post: Callable[..., Any],
) -> None:
    post(sim("envelope-sent"), key="another")
    post(sim("envelope-sent"), key="another")
    (listener,) = json.loads(tell(json=True))["listeners"]
    assert listener["rejected"] == 2
    assert listener["last_rejected_why"] == "no signature matches a configured key"
    assert "Refused: 2, last at" in tell()


def test_abandoned_message_is_unhealthy(
    post: Callable[..., Any], configure: Callable[..., None]
) -> None:
    configure(RETRY_DELAYS=[])
    post(b"{broken")
    assert "Waiting: 0, of them failing: 0; abandoned: 1" in tell(code=1)
    assert "Oldest waiting:" not in tell(code=1)


def test_failing_message_is_told_and_healthy_yet(post: Callable[..., Any]) -> None:
    post(b"{broken")
    assert "Waiting: 1, of them failing: 1; abandoned: 0" in tell()


def test_message_that_waits_for_too_long_is_unhealthy(
    post: Callable[..., Any], configure: Callable[..., None]
) -> None:
    configure(PROCESSOR="deferred", BACKLOG_MAX_AGE=60)
    post(sim("envelope-sent"))
    assert "Oldest waiting:" in tell()
    age_messages(seconds=61)
    assert json.loads(tell(code=1, json=True))["oldest_waiting_seconds"] >= 61


def test_message_that_fails_for_too_long_is_unhealthy(
    post: Callable[..., Any], configure: Callable[..., None]
) -> None:
    configure(BACKLOG_MAX_AGE=60)
    post(b"{broken")
    age_messages(seconds=61)
    assert "longer than 60 s." in tell(code=1)


def test_oldest_of_those_that_wait_is_told(
    post: Callable[..., Any], configure: Callable[..., None]
) -> None:
    post(sim("envelope-sent"))
    age_messages(seconds=1000)
    post(b"{broken")
    age_messages(seconds=100)
    configure(PROCESSOR="deferred")
    post(sim("envelope-completed"))
    status = json.loads(tell(json=True))
    assert (status["waiting"], status["failing"]) == (2, 1)
    assert 100 <= status["oldest_waiting_seconds"] < 1000


def test_silence_is_told_and_healthy_without_a_threshold(
    post: Callable[..., Any],
) -> None:
    post(sim("envelope-sent"))
    age_messages(seconds=10**7)
    (listener,) = json.loads(tell(json=True))["listeners"]
    assert listener["silent_seconds"] >= 10**7
    assert (listener["silence_after"], listener["is_silent"]) == (None, False)


def test_listener_that_is_silent_for_too_long_is_unhealthy(
    post: Callable[..., Any], configure: Callable[..., None]
) -> None:
    configure(SILENCE_AFTER=60, LISTENERS={"quiet": {"SILENCE_AFTER": 3600}})
    post(sim("envelope-sent"))
    post(sim("envelope-sent"), listener="quiet/")
    assert "silent" not in tell()
    age_messages(seconds=61)
    lines = tell(code=1).splitlines()
    assert lines[:2] == [
        "Status: unhealthy",
        "  Listener 'default' has had no message for longer than 60 s.",
    ]
    assert [line.endswith(", silent") for line in lines if "last message" in line] == [
        True,
        False,
    ]


def test_listener_that_never_heard_anything_is_silent(
    configure: Callable[..., None],
) -> None:
    configure(LISTENERS={"awaited": {"SILENCE_AFTER": 60}})
    status = json.loads(tell(code=1, json=True))
    assert [one["is_silent"] for one in status["listeners"]] == [False, True]
    assert status["problems"] == ["Listener 'awaited' has had no message yet."]


def test_health_page_tells_numbers_and_thresholds_to_anybody(
    post: Callable[..., Any], configure: Callable[..., None]
) -> None:
    configure(PROCESSOR="deferred", BACKLOG_MAX_AGE=600, SILENCE_AFTER=900)
    post(sim("envelope-sent"))
    age_messages(seconds=300)
    answer = Client().get("/docusign/health/")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    found = answer.json()
    (listener,) = found.pop("listeners")
    assert 300 <= found.pop("oldest_waiting_seconds") < 600
    assert found.pop("oldest_waiting_at") == listener.pop("last_message_at")
    assert 300 <= listener.pop("silent_seconds") < 900
    assert listener == {
        "listener": "default",
        "silence_after": 900,
        "is_silent": False,
    }
    assert found == {
        "status": "ok",
        "problems": [],
        "waiting": 1,
        "failing": 0,
        "abandoned": 0,
        "backlog_max_age": 600,
    }


def test_health_page_answers_503_when_unhealthy(
    post: Callable[..., Any], configure: Callable[..., None]
) -> None:
    configure(RETRY_DELAYS=[])
    post(b"{broken")
    answer = Client().get("/docusign/health/")
    assert (answer.status_code, answer.json()["abandoned"]) == (503, 1)
    assert answer.json()["problems"] == ["1 message(s) were abandoned."]


@pytest.mark.parametrize(
    ("threshold", "problem"),
    [
        ("BACKLOG_MAX_AGE", "A message has waited for "),
        (
            "SILENCE_AFTER",
            "Listener 'default' has had no message for longer than 60 s.",
        ),
    ],
)
def test_health_page_answers_503_beyond_a_threshold(
    post: Callable[..., Any],
    configure: Callable[..., None],
    threshold: str,
    problem: str,
) -> None:
    configure(PROCESSOR="deferred", **{threshold: 60})
    post(sim("envelope-sent"))
    assert Client().get("/docusign/health/").status_code == 200
    age_messages(seconds=61)
    answer = Client().get("/docusign/health/")
    assert (answer.status_code, answer.json()["status"]) == (503, "unhealthy")
    (told,) = answer.json()["problems"]
    assert told.startswith(problem)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("page", ["health", "metrics"])
def test_pages_answer_503_while_the_database_does_not_answer(page: str) -> None:
    table = ConnectMessage._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO away")
    try:
        answer = Client().get(f"/docusign/{page}/")
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE away RENAME TO {table}")
    assert answer.status_code == 503
    assert b"away" in answer.content or not answer.content
