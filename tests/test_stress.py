"""Eight workers and one envelope: no deadlock, and each fact once."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test import Client

from django_docusign_connect.authentication.signatures import sign
from django_docusign_connect.models import (
    ConnectMessage,
    Envelope,
    EnvelopeEvent,
    ReceiverRun,
)
from django_docusign_connect.simulator import tell
from django_docusign_connect.simulator.wire import SNAPSHOT_EVENTS
from tests.acceptance.test_convergence import TELLINGS, rows, told
from tests.bodies import ENVELOPE_ID, sim
from tests.chaos.auditor import RECEIVERS
from tests.chaos.trace import Call, read_calls
from tests.conftest import KEY
from tests.processes import Traced, wait_for

pytestmark = pytest.mark.django_db(transaction=True)

Post = Callable[..., Any]
WORKERS = 8
POSTERS = 4
OTHER_ENVELOPE_ID = "11111111-2222-4333-8444-555555555555"
TOMORROW = datetime.now(timezone.utc) + timedelta(days=1)


class Crowd(Traced):
    """Workers whose receivers write down who they are."""

    def gather(self, count: int = WORKERS, *, batch: int = 2) -> None:
        for _ in range(count):
            command = ("django", "docusign_process", "--watch", f"--batch={batch}")
            self.start_module(
                *command,
                DJANGO_SETTINGS_MODULE="tests.chaos.host.settings",
                CHAOS_KEY=KEY,
                CHAOS_PROCESSOR="deferred",
                CHAOS_CLAIM_SECONDS="60",
                CHAOS_FLAKY_SHARE="0",
                CHAOS_QUOTA=str(self.trace.with_name("quota")),
                CHAOS_TRACE=str(self.trace),
            )

    @property
    def calls(self) -> list[Call]:
        return read_calls(self.trace)


@pytest.fixture
def crowd(tmp_path: Path, configure: Callable[..., None]) -> Iterator[Crowd]:
    configure(PROCESSOR="deferred")
    crowd = Crowd(tmp_path / "trace")
    yield crowd
    crowd.end()


def resent(number: int) -> str:
    """Return the moment of a fact that can happen again and again."""
    return f"2022-09-22T15:{number // 60:02}:{number % 60:02}Z"


def warm_up(crowd: Crowd, post: Post) -> None:
    """Return once each of the workers has worked."""
    for number in range(1000):
        body = sim(
            "envelope-resent", envelopeId=OTHER_ENVELOPE_ID, generated=resent(number)
        )
        post(body)
        if len({call.process for call in crowd.calls}) == WORKERS:
            return
        wait_for(is_done)
    raise AssertionError("Some of the workers never worked.")


def is_done() -> bool:
    waiting = ConnectMessage.objects.undone().exclude(next_attempt_at=TOMORROW)
    return not waiting.exists()


def story(seed: int) -> list[bytes]:
    """Tell one envelope's story in each of the formats at once."""
    return [
        told(moment, telling).body()
        for moment in tell("signed-by-two", seed=seed)
        for telling in TELLINGS
        if telling in {"sim", "event"} or moment.event in SNAPSHOT_EVENTS
    ]


def assert_each_event_was_heard_once(crowd: Crowd) -> None:
    """Of two that prove to be one, when both are told already, one is no more."""
    events = set(EnvelopeEvent.objects.values_list("pk", flat=True))
    heard = Counter((call.event, call.receiver) for call in crowd.calls)
    assert set(heard.values()) == {1}
    assert sum(event in events for event, _ in heard) == len(RECEIVERS) * len(events)


def assert_all_at_the_first_attempt() -> None:
    """A worker that met with a deadlock would have needed another one."""
    states = ConnectMessage.objects.values_list("status", "attempts", "error")
    assert set(states) == {("processed", 1, "")}
    runs = ReceiverRun.objects.values_list("status", "attempts")
    assert set(runs) == {("succeeded", 1)}


def test_facts_of_one_envelope_are_each_told_once_by_eight_workers(
    crowd: Crowd, post: Post
) -> None:
    for number in range(100):
        post(sim("envelope-resent", generated=resent(number)))
    hot = ConnectMessage.objects.filter(envelope_id=ENVELOPE_ID)
    hot.update(next_attempt_at=TOMORROW)
    crowd.gather()
    warm_up(crowd, post)
    hot.update(next_attempt_at=datetime(2022, 9, 22, tzinfo=timezone.utc))
    wait_for(is_done, seconds=60)
    assert_all_at_the_first_attempt()
    envelope = Envelope.objects.get(envelope_id=UUID(ENVELOPE_ID))
    assert envelope.events.count() == 100
    assert_each_event_was_heard_once(crowd)


def test_story_told_in_all_formats_at_once_ends_in_the_same_rows(
    crowd: Crowd, post: Post, configure: Callable[..., None]
) -> None:
    configure(PROCESSOR="immediate")
    bodies = story(seed=4)
    for body in bodies:
        post(body)
    calm = rows()
    for model in (Envelope, ConnectMessage, ReceiverRun):
        model.objects.all().delete()
    configure(PROCESSOR="deferred")
    crowd.gather()
    tell_at_once(bodies * 2)
    wait_for(is_done, seconds=60)
    assert_all_at_the_first_attempt()
    assert rows() == calm
    assert_each_event_was_heard_once(crowd)


def tell_at_once(bodies: Sequence[bytes]) -> None:
    shuffled = random.Random(4).sample(bodies, k=len(bodies))
    with ThreadPoolExecutor(POSTERS) as threads:
        assert set(threads.map(deliver, shuffled)) == {200}


def deliver(body: bytes) -> int:
    """Post in a thread of its own; return the answer's status."""
    try:
        answer = Client().post(
            "/docusign/connect/",
            body,
            content_type="application/octet-stream",
            headers={"X-DocuSign-Signature-1": sign(body, KEY).decode()},
        )
        return int(answer.status_code)
    finally:
        connection.close()


if connection.vendor != "sqlite":  # which has one writer at a time

    def test_message_of_another_envelope_does_not_wait(
        crowd: Crowd, post: Post
    ) -> None:
        Envelope.objects.track(ENVELOPE_ID)
        post(sim("envelope-sent"))
        post(sim("envelope-sent", envelopeId=OTHER_ENVELOPE_ID))
        held, other = ConnectMessage.objects.order_by("pk")
        with transaction.atomic():
            Envelope.objects.select_for_update().get(envelope_id=ENVELOPE_ID)
            crowd.gather(2, batch=1)
            wait_for(lambda: status_of(other) == "processed")
            assert status_of(held) == "pending"
        wait_for(lambda: status_of(held) == "processed")


def status_of(message: ConnectMessage) -> str:
    message.refresh_from_db()
    return message.status
