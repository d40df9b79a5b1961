"""``docusign_status`` and the health page: what waits, fails, and is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
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
    assert "abandoned: 1" in tell(code=1)


def test_failing_message_is_told_and_healthy_yet(post: Callable[..., Any]) -> None:
    post(b"{broken")
    assert "Waiting: 1, of them failing: 1; abandoned: 0" in tell()


def test_message_that_waits_for_too_long_is_unhealthy(
    post: Callable[..., Any], configure: Callable[..., None]
) -> None:
    configure(PROCESSOR="deferred", BACKLOG_MAX_AGE=60)
    post(sim("envelope-sent"))
    assert "Oldest waiting:" in tell()
    past = timezone.now() - timedelta(seconds=61)
    ConnectMessage.objects.update(received_at=past)
    assert json.loads(tell(code=1, json=True))["oldest_waiting_seconds"] >= 61


def test_health_page_tells_numbers_to_anybody(post: Callable[..., Any]) -> None:
    answer = Client().get("/docusign/health/")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert answer.headers["Cache-Control"] == "no-store"


def test_health_page_answers_503_when_unhealthy(
    post: Callable[..., Any], configure: Callable[..., None]
) -> None:
    configure(RETRY_DELAYS=[])
    post(b"{broken")
    answer = Client().get("/docusign/health/")
    assert (answer.status_code, answer.json()["abandoned"]) == (503, 1)
