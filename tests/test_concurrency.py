"""Many at once: each message kept once, each fact announced once, the same rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from django_docusign_connect import signals
from django_docusign_connect.authentication.signatures import sign
from django_docusign_connect.models import (
    ConnectMessage,
    Envelope,
    EnvelopeEvent,
    ReceiverRun,
)
from django_docusign_connect.simulator import tell, write_messages
from tests.bodies import sim

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8


def deliver(body: bytes) -> str:
    """Post until it is acknowledged, as DocuSign does; return the answer's status."""
    signature = sign(body, "test-key").decode()
    try:
        for _ in range(100):
            answer = Client().post(
                "/docusign/connect/",
                body,
                content_type="application/json",
                headers={"X-DocuSign-Signature-1": signature},
            )
            assert answer.status_code in {200, 503}
            if answer.status_code == 200:
                return str(answer.json()["status"])
    finally:
        connection.close()
    raise AssertionError("It was never acknowledged.")


def deliver_at_once(bodies: Sequence[bytes]) -> Counter[str]:
    with ThreadPoolExecutor(THREADS) as threads:
        return Counter(threads.map(deliver, bodies))


def test_message_that_comes_many_times_at_once_is_kept_and_announced_once(
    hear: Callable[..., list[dict[str, Any]]],
) -> None:
    heard = hear(signals.envelope_sent)
    answers = deliver_at_once([sim("envelope-sent")] * 16)
    assert answers == {"accepted": 1, "duplicate": 15}
    assert ConnectMessage.objects.get().duplicates == 15
    assert len(heard) == 1


def test_story_that_comes_at_once_is_told_once(
    hear: Callable[..., list[dict[str, Any]]],
) -> None:
    heard = hear(signals.connect_event)
    moments = list(tell("signed-by-two", seed=3))
    deliver_at_once([message.body() for message in write_messages(moments)] * 2)
    assert Envelope.objects.get().status == "completed"
    assert Envelope.objects.get().recipients.filter(status="completed").count() == 2
    assert len(heard) == EnvelopeEvent.objects.count() == len(moments)
    assert set(ConnectMessage.objects.values_list("status", flat=True)) == {"processed"}
    assert set(ReceiverRun.objects.values_list("attempts", flat=True)) == {1}


def test_many_envelopes_at_once_are_all_tracked() -> None:
    bodies = [
        message.body()
        for index in range(12)
        for message in write_messages(
            list(tell("declined", seed=5, index=index)), "xml"
        )
    ]
    answers = deliver_at_once(bodies)
    assert answers == {"accepted": len(bodies)}
    assert Envelope.objects.filter(status="declined").count() == 12
