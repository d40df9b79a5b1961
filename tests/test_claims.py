"""Claims: who holds a message, for how long, and what is announced in spite of all."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.models import F
from django.utils import timezone

from django_docusign_connect import signals
from django_docusign_connect.models import ConnectMessage, EnvelopeEvent, ReceiverRun
from django_docusign_connect.pipeline import process
from tests.bodies import aggregate, sim

pytestmark = pytest.mark.django_db(transaction=True)

Post = Callable[..., Any]
Connect = Callable[..., None]
Hear = Callable[..., list[dict[str, Any]]]

BATCH = {"limit": 10, "seconds": 60}

#: A statement of each database that ends what the connection is good for.
BREAK = {
    "postgresql": "SELECT pg_terminate_backend(pg_backend_pid())",
    "mysql": "KILL CONNECTION_ID()",
    "sqlite": "PRAGMA query_only = ON",
}


@pytest.fixture
def hours_ahead(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Set this process's clock ahead, by the hours that are given."""
    now = timezone.now

    def set_clock(hours: float) -> None:
        monkeypatch.setattr(timezone, "now", lambda: now() + timedelta(hours=hours))

    return set_clock


def process_due() -> None:
    ConnectMessage.objects.filter(next_attempt_at__isnull=False).update(
        next_attempt_at=datetime(2020, 1, 1, tzinfo=timezone.get_default_timezone())
    )
    with contextlib.suppress(SystemExit):
        call_command("docusign_process", verbosity=0)


def break_connection() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(BREAK[connection.vendor])
    except OperationalError:
        pass


def test_repeat_takes_what_a_killed_server_held_by_a_claim_of_its_own(
    post: Post, configure: Connect, hear: Hear
) -> None:
    configure(PROCESSOR="deferred")
    post(sim("envelope-sent"))
    killed = ConnectMessage.objects.get()
    assert killed.claim(0)
    heard = hear(signals.envelope_sent)
    configure(PROCESSOR="immediate")
    post(sim("envelope-sent"))
    message = ConnectMessage.objects.get()
    assert (message.status, message.attempts, len(heard)) == ("processed", 1, 1)
    assert not killed.keep_claim(0)


def test_clock_that_is_ahead_takes_nothing_from_who_holds_it(
    post: Post, configure: Connect, hours_ahead: Callable[[float], None]
) -> None:
    configure(PROCESSOR="deferred")
    post(sim("envelope-sent"))
    (held,) = ConnectMessage.objects.claim_due(limit=10, seconds=60)
    hours_ahead(1)
    assert ConnectMessage.objects.claim_due(limit=10, seconds=60) == []
    assert ConnectMessage.objects.claim_one(held.pk, seconds=60) is None
    assert ConnectMessage.objects.filter(pk=held.pk).requeue() == 0


def test_clock_that_is_behind_holds_a_message_as_long_as_any(
    post: Post, configure: Connect, hours_ahead: Callable[[float], None]
) -> None:
    configure(PROCESSOR="deferred")
    post(sim("envelope-sent"))
    hours_ahead(-1)
    (held,) = ConnectMessage.objects.claim_due(limit=10, seconds=60)
    held.held_since = time.monotonic() - 61
    assert held.keep_claim(60)
    hours_ahead(0)
    assert ConnectMessage.objects.claim_due(limit=10, seconds=60) == []


def test_what_a_server_with_a_clock_ahead_stored_is_due_for_its_task(
    post: Post, configure: Connect, hours_ahead: Callable[[float], None]
) -> None:
    configure(PROCESSOR="deferred")
    hours_ahead(1)
    post(sim("envelope-sent"))
    hours_ahead(0)
    pk = ConnectMessage.objects.get().pk
    assert ConnectMessage.objects.claim_one(pk, seconds=60) is not None
    assert ConnectMessage.objects.claim_one(pk, seconds=60) is None


def test_receiver_that_failed_is_tried_again_though_its_event_was_told_of_since(
    post: Post, connect: Connect
) -> None:
    told: list[int] = []

    def listen(event: EnvelopeEvent, **kwargs: Any) -> None:
        told.append(event.pk)
        if len(told) == 1:
            raise ValueError("not now")

    connect(signals.envelope_sent, listen)
    post(aggregate("sent", sentDateTime="2022-09-22T15:22:53Z"))
    (failed,) = told
    for second in (58, 54):
        post(sim("envelope-sent", generated=f"2022-09-22T15:22:{second}Z"))
    process_due()
    assert told.count(failed) == 2
    assert set(ReceiverRun.objects.values_list("status", flat=True)) == {"succeeded"}


def test_receiver_that_ran_is_recorded_though_the_database_went_away_meanwhile(
    post: Post, connect: Connect
) -> None:
    told: list[str] = []

    def listen(event: EnvelopeEvent, **kwargs: Any) -> None:
        told.append(event.name)
        break_connection()

    connect(signals.envelope_sent, listen)
    assert post(sim("envelope-sent")).status_code == 200
    assert ReceiverRun.objects.get().status == "succeeded"
    process_due()
    assert told == ["envelope-sent"]
    assert ConnectMessage.objects.get().status == "processed"


def test_event_that_proves_to_be_another_while_it_is_announced_is_no_failure(
    post: Post, connect: Connect
) -> None:
    signer = {"status": "sent", "sentDateTime": "2022-09-22T15:22:53Z"}
    guid = {"recipientIdGuid": "11111111-1111-4111-8111-111111111111"}

    def prove(event: EnvelopeEvent, **kwargs: Any) -> None:
        if event.first_message == ConnectMessage.objects.get(event="recipient-sent"):
            post(snapshot({**signer, **guid, "recipientId": "1"}))

    def snapshot(*signers: dict[str, str]) -> bytes:
        return aggregate("sent", recipients={"signers": signers})

    post(snapshot({**signer, **guid}))
    connect(signals.recipient_sent, prove)
    post(sim("recipient-sent", recipientId="1", userId=""))
    assert EnvelopeEvent.objects.filter(name="recipient-sent").count() == 1
    states = ConnectMessage.objects.values_list("status", "attempts")
    assert set(states) == {("processed", 1)}


def test_ignored_message_is_not_announced_by_a_worker_that_comes_late(
    post: Post, configure: Connect, hear: Hear
) -> None:
    configure(PROCESSOR="deferred")
    post(sim("envelope-sent"))
    heard = hear(signals.envelope_sent)
    (late,) = ConnectMessage.objects.claim_due(limit=1, seconds=60)
    ConnectMessage.objects.update(next_attempt_at=timezone.now())
    late.held_since = time.monotonic() - 61
    assert ConnectMessage.objects.all().ignore() == 1
    process(late)
    message = ConnectMessage.objects.get()
    assert (message.status, message.next_attempt_at, heard) == ("ignored", None, [])


def test_message_that_another_worker_took_is_not_reported_as_processed(
    post: Post, configure: Connect, connect: Connect, hear: Hear
) -> None:
    def take_over(**kwargs: Any) -> None:
        ConnectMessage.objects.update(claims=F("claims") + 1)

    configure(PROCESSOR="deferred")
    post(sim("envelope-sent"))
    (late,) = ConnectMessage.objects.claim_due(limit=1, seconds=60)
    connect(signals.connect_event, take_over)
    done = hear(signals.message_processed)
    process(late)
    assert (ConnectMessage.objects.get().status, done) == ("pending", [])


@pytest.mark.parametrize("can_skip", [True, False])
def test_batch_is_claimed_by_one_of_two_workers(
    post: Post, configure: Connect, monkeypatch: pytest.MonkeyPatch, can_skip: bool
) -> None:
    if not can_skip:
        features = type(connection.features)
        monkeypatch.setattr(features, "has_select_for_update_skip_locked", False)
    configure(PROCESSOR="deferred")
    for second in range(30):
        post(sim("envelope-resent", generated=f"2022-09-22T15:22:{second:02}Z"))
    together = Barrier(2)

    def linger(execute: Any, sql: str, *args: Any) -> Any:
        """Leave the other one time between what is found due and what is claimed."""
        found = execute(sql, *args)
        time.sleep(0.1 if sql.startswith("SELECT") else 0)
        return found

    def claim(_: int) -> list[int]:
        try:
            together.wait()
            with connection.execute_wrapper(linger):
                batches = iter(lambda: ConnectMessage.objects.claim_due(**BATCH), [])
                return [message.pk for batch in batches for message in batch]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as workers:
        one, other = workers.map(claim, range(2))
    assert len(one) + len(other) == len({*one, *other}) == 30


def test_database_that_returns_nothing_of_an_insert_keeps_messages_all_the_same(
    post: Post, hear: Hear, monkeypatch: pytest.MonkeyPatch
) -> None:
    features = type(connection.features)
    monkeypatch.setattr(features, "can_return_columns_from_insert", False)
    heard = hear(signals.envelope_sent)
    answers = [post(sim("envelope-sent")).json()["status"] for _ in range(3)]
    assert answers == ["accepted", "duplicate", "duplicate"]
    message = ConnectMessage.objects.get()
    assert (message.status, message.duplicates, len(heard)) == ("processed", 2, 1)
