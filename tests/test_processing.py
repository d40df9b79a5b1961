"""Processing under a claim, with a database that goes away, and misnamed processors."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.utils import timezone

from django_docusign_connect import signals
from django_docusign_connect.models import (
    ConnectMessage,
    Envelope,
    ReceiverRun,
    Recipient,
)
from django_docusign_connect.pipeline import process
from django_docusign_connect.processors import get_processor
from tests.bodies import ACCOUNT_ID, ENVELOPE_ID, aggregate, click, sim
from tests.processes import Traced, wait_for

pytestmark = pytest.mark.django_db(transaction=True)

Post = Callable[..., Any]
Connect = Callable[..., None]
TABLE = ConnectMessage._meta.db_table


def rename(table: str, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO {name}")


@contextmanager
def without_messages() -> Iterator[None]:
    """Take the table of messages away, as a database that fails half-way does."""
    rename(TABLE, "away")
    yield
    rename("away", TABLE)


def taken_over(message: ConnectMessage) -> ConnectMessage:
    """Have another worker take a message, whose holder did not come back in time."""
    ConnectMessage.objects.update(next_attempt_at=timezone.now())
    message.held_since = time.monotonic() - 61
    (other,) = ConnectMessage.objects.claim_due(limit=1, seconds=60)
    assert other.pk == message.pk
    return other


@pytest.mark.parametrize("body", [sim("envelope-sent"), click()])
def test_worker_that_lost_its_claim_announces_nothing(
    post: Post, configure: Callable[..., None], hear: Callable[..., Any], body: bytes
) -> None:
    configure(PROCESSOR="deferred")
    post(body)
    heard = hear(signals.connect_event)
    (message,) = ConnectMessage.objects.claim_due(limit=1, seconds=60)
    other = taken_over(message)
    assert process(message)
    assert heard == []
    assert process(other)
    assert len(heard) == 1


def test_worker_that_outlives_its_claim_starts_no_further_receiver(
    post: Post, configure: Callable[..., None], connect: Connect, hear: Any
) -> None:
    configure(CLAIM_SECONDS=0.2)

    def be_slow(**kwargs: Any) -> None:
        time.sleep(0.3)
        ConnectMessage.objects.update(claims=F("claims") + 1)

    connect(signals.envelope_sent, be_slow)
    heard = hear(signals.envelope_sent)
    assert post(sim("envelope-sent")).status_code == 200
    assert heard == []
    assert ConnectMessage.objects.get().status == "pending"


def test_worker_between_whose_receivers_time_passes_keeps_its_claim(
    post: Post, configure: Callable[..., None], connect: Connect, hear: Any
) -> None:
    configure(CLAIM_SECONDS=0.2)
    connect(signals.envelope_sent, lambda **kwargs: time.sleep(0.3))
    heard = hear(signals.envelope_sent)
    post(sim("envelope-sent"))
    assert len(heard) == 1
    assert ConnectMessage.objects.get().status == "processed"


def test_failure_that_cannot_be_recorded_is_taken_up_when_the_claim_ends(
    post: Post, configure: Callable[..., None], connect: Connect
) -> None:
    def take_away(**kwargs: Any) -> None:
        rename(TABLE, "away")
        raise ValueError

    connect(signals.envelope_sent, take_away)
    answer = post(sim("envelope-sent"))
    rename("away", TABLE)
    assert answer.status_code == 200
    message = ConnectMessage.objects.get()
    assert (message.status, message.is_claimed) == ("pending", True)
    assert message.next_attempt_at is not None
    assert message.next_attempt_at < timezone.now() + timedelta(seconds=61)
    assert ReceiverRun.objects.get().error == "ValueError: "


def test_watching_worker_waits_for_a_database_that_is_away(
    post: Post, configure: Callable[..., None], tmp_path: Path
) -> None:
    configure(PROCESSOR="deferred")
    post(sim("envelope-sent"))
    workers = Traced(tmp_path / "trace")
    try:
        with without_messages():
            worker = workers.start("--watch")
            time.sleep(3)
            assert worker.poll() is None
        wait_for(lambda: "slow done envelope-sent" in workers.lines)
    finally:
        workers.end()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("imediate", "neither one of immediate, deferred"),
        ("tests.no.such.Processor", "nor the dotted path of a class"),
        ("tests.bodies.sim", "is no Processor"),
    ],
)
def test_misnamed_processor_is_told(
    configure: Callable[..., None], name: str, words: str
) -> None:
    configure(PROCESSOR=name)
    with pytest.raises(ImproperlyConfigured, match=words):
        get_processor()


def test_message_that_kills_its_worker_uses_up_no_attempt_of_its_neighbours(
    post: Post, configure: Callable[..., None]
) -> None:
    configure(PROCESSOR="deferred")
    for second in range(3):
        post(sim("envelope-resent", generated=f"2022-09-22T15:22:0{second}Z"))
    for _ in range(2):
        ConnectMessage.objects.update(next_attempt_at=timezone.now())
        first, *_ = ConnectMessage.objects.claim_due(limit=3, seconds=60)
        assert first.start_attempt(60)
    assert [one.attempts for one in ConnectMessage.objects.order_by("pk")] == [1, 0, 0]


def test_repeats_use_up_no_attempt_of_the_schedule(
    post: Post, configure: Callable[..., None]
) -> None:
    configure(RETRY_DELAYS=[60])
    for _ in range(4):
        post(b"{broken")
    message = ConnectMessage.objects.get()
    assert (message.status, message.attempts, message.duplicates) == ("failed", 1, 3)


def test_error_that_no_database_holds_silences_no_other_receiver(
    post: Post, connect: Connect, hear: Any
) -> None:
    def fail(**kwargs: Any) -> None:
        raise ValueError("half of a pair: \ud83d, and NUL: \0")

    connect(signals.envelope_sent, fail)
    heard = hear(signals.envelope_sent)
    assert post(sim("envelope-sent")).status_code == 200
    assert len(heard) == 1
    run = ReceiverRun.objects.filter(status="failed").get()
    assert run.error == "ValueError: half of a pair: \ufffd, and NUL: "


def test_receiver_is_told_which_signal_it_hears(hear: Any, post: Post) -> None:
    own, every = hear(signals.envelope_sent), hear(signals.connect_event)
    post(sim("envelope-sent"))
    assert own[0]["signal"] is signals.envelope_sent
    assert every[0]["signal"] is signals.connect_event


@pytest.mark.parametrize("account_ids", [[], [ACCOUNT_ID], ["another"]])
def test_message_of_a_listener_that_was_removed_waits_for_it(
    post: Post, configure: Callable[..., None], account_ids: list[str]
) -> None:
    demo = {"demo": {"ACCOUNT_IDS": account_ids}}
    configure(PROCESSOR="deferred", LISTENERS=demo)
    assert post(sim("envelope-sent"), listener="demo/").status_code == 200
    configure(PROCESSOR="deferred", RETRY_DELAYS=[0, 0], ACCOUNT_IDS=[ACCOUNT_ID])
    with pytest.raises(SystemExit):
        call_command("docusign_process", limit=1, verbosity=0)
    message = ConnectMessage.objects.get()
    assert (message.status, message.is_waiting) == ("failed", True)
    assert "Its listener 'demo' is not in LISTENERS" in message.error
    assert not Envelope.objects.exists()
    configure(PROCESSOR="deferred", LISTENERS=demo)
    call_command("docusign_process", verbosity=0)
    message.refresh_from_db()
    is_ignored = account_ids == ["another"]
    assert message.status == ("ignored" if is_ignored else "processed")


@pytest.mark.parametrize("keys", ["secret", None, 7])
def test_keys_that_are_no_list_open_nothing(
    post: Post, configure: Callable[..., None], keys: Any
) -> None:
    configure(HMAC_KEYS=keys)
    assert post(sim("envelope-sent"), key="s").status_code == 401


def test_carbon_copy_that_is_completed_has_not_signed(post: Post) -> None:
    copy = {"recipientId": "2", "status": "completed", "email": "cc@example.com"}
    summary = {"status": "sent", "recipients": {"carbonCopies": [copy]}}
    post(sim("recipient-completed", recipientId="2", summary=summary))
    recipient = Recipient.objects.get()
    assert (recipient.status, recipient.signed_at) == ("completed", None)


def test_envelope_that_only_the_summary_names_is_tracked(post: Post) -> None:
    summary = {"status": "sent", "envelopeId": ENVELOPE_ID}
    post(sim("envelope-sent", envelopeId="", summary=summary))
    assert str(Envelope.objects.get().envelope_id) == ENVELOPE_ID


@pytest.mark.parametrize("status", ["signed", "timedout", ""])
def test_snapshot_that_shows_nothing_new_is_applied(post: Post, status: str) -> None:
    post(sim("envelope-sent"))
    post(aggregate(status, emailSubject="Later"))
    messages = ConnectMessage.objects.values_list("status", "error")
    assert set(messages) == {("processed", "")}
