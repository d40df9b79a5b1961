"""A backlog drains oldest first, and no envelope keeps the others waiting."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from django_docusign_connect import signals
from django_docusign_connect.models import ConnectMessage, EnvelopeEvent
from tests.bodies import sim
from tests.plans import explain

pytestmark = pytest.mark.django_db(transaction=True)

ENVELOPES = [str(uuid.UUID(int=number, version=4)) for number in range(1, 5)]


@pytest.fixture(autouse=True)
def _deferred(configure: Callable[..., None]) -> None:
    configure(PROCESSOR="deferred", RETRY_DELAYS=[3600])


def post_rounds(post: Callable[..., Any], rounds: int) -> list[tuple[str, str]]:
    """Post a message for each envelope in turn; return the envelopes and moments."""
    posted = [
        (envelope, f"2022-09-22T15:22:0{number}+00:00")
        for number in range(rounds)
        for envelope in ENVELOPES
    ]
    for envelope, moment in posted:
        post(sim("envelope-resent", generated=moment, envelopeId=envelope))
    return posted


def heard_of(event: EnvelopeEvent) -> tuple[str, str]:
    return str(event.envelope.envelope_id), event.occurred_at.isoformat()


def process(*, code: int = 0, **options: Any) -> None:
    if not code:
        call_command("docusign_process", stdout=StringIO(), **options)
        return
    with pytest.raises(SystemExit) as ended:
        call_command("docusign_process", stdout=StringIO(), **options)
    assert ended.value.code == code


def test_backlog_drains_oldest_first_and_envelope_by_turns(
    post: Callable[..., Any], hear: Callable[..., list[dict[str, Any]]]
) -> None:
    heard = hear(signals.envelope_resent)
    posted = post_rounds(post, rounds=3)
    process(batch=5)
    assert [heard_of(arguments["event"]) for arguments in heard] == posted


def test_failing_messages_of_one_envelope_do_not_keep_others_waiting(
    post: Callable[..., Any], connect: Callable[..., None]
) -> None:
    def refuse_first(event: EnvelopeEvent, **kwargs: object) -> None:
        if str(event.envelope.envelope_id) == ENVELOPES[0]:
            raise ValueError("not this one")

    connect(signals.envelope_resent, refuse_first)
    post_rounds(post, rounds=3)
    process(code=1, batch=1)
    messages = ConnectMessage.objects.order_by("pk")
    states = messages.values_list("status", flat=True)
    assert list(states) == ["failed", "processed", "processed", "processed"] * 3
    assert not ConnectMessage.objects.due().exists()


def post_many(post: Callable[..., Any], envelope: str, *, count: int) -> None:
    for number in range(count):
        moment = f"2022-09-22T15:23:{number:02}+00:00"
        post(sim("envelope-resent", generated=moment, envelopeId=envelope))


def test_envelope_with_many_messages_does_not_keep_others_waiting(
    post: Callable[..., Any], hear: Callable[..., list[dict[str, Any]]]
) -> None:
    heard = hear(signals.envelope_resent)
    many, more, one, another = ENVELOPES
    post_many(post, many, count=20)
    post_many(post, more, count=20)
    post_many(post, one, count=1)
    post_many(post, another, count=1)
    process(limit=10)
    turns = [heard_of(arguments["event"]) for arguments in heard]
    envelopes = [envelope for envelope, _ in turns]
    assert envelopes == [*5 * [many], *3 * [more], one, another]
    assert turns == sorted(turns)
    process()
    assert not ConnectMessage.objects.waiting().exists()


def test_places_that_others_leave_go_to_the_envelope_with_many(
    post: Callable[..., Any],
) -> None:
    post_many(post, ENVELOPES[0], count=20)
    post_many(post, ENVELOPES[1], count=1)
    process(limit=10)
    done = ConnectMessage.objects.filter(status="processed").order_by("pk")
    counts = Counter(str(message.envelope_id) for message in done)
    assert counts == {ENVELOPES[0]: 9, ENVELOPES[1]: 1}


def test_message_to_be_tried_again_waits_its_turn_behind_older_ones(
    post: Callable[..., Any], hear: Callable[..., list[dict[str, Any]]]
) -> None:
    post(b"{broken")
    process(code=1)
    heard = hear(signals.envelope_resent)
    posted = post_rounds(post, rounds=1)
    ConnectMessage.objects.failed().requeue()
    process(limit=len(posted))
    assert len(heard) == len(posted)
    assert ConnectMessage.objects.get(status="pending").event == ""


def test_what_is_due_is_found_by_an_index(post: Callable[..., Any]) -> None:
    post_rounds(post, rounds=1)
    with CaptureQueriesContext(connection) as captured:
        process(limit=1)
    claim = next(q["sql"] for q in captured if "ORDER BY" in q["sql"])
    assert "docusign_message_due" in explain(claim)
