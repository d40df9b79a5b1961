from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from functools import partial, update_wrapper
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.dispatch import Signal
from django.utils import timezone as django_timezone

from django_docusign_connect import signals
from django_docusign_connect.messages.events import KNOWN_EVENTS
from django_docusign_connect.models import ConnectMessage, Envelope, ReceiverRun
from tests.bodies import ENVELOPE_ID, click, compact, sample, sim, xml

pytestmark = pytest.mark.django_db

Post = Callable[..., Any]
Configure = Callable[..., None]
Connect = Callable[[Signal, Callable[..., Any]], None]
Hear = Callable[[Signal], list[dict[str, Any]]]


class Receiver:
    """Counts its calls, and raises as long as it is broken."""

    def __init__(self, *, is_broken: bool = False) -> None:
        self.is_broken = is_broken
        self.calls = 0

    def __call__(self, **kwargs: Any) -> None:
        self.calls += 1
        if self.is_broken:
            raise ValueError("The archive is full.")


class OtherReceiver(Receiver):
    """Another one, that runs of receivers tell from the first."""


def fail(**kwargs: Any) -> None:
    raise ValueError("The archive is full.")


def kept() -> ConnectMessage:
    return ConnectMessage.objects.get()


def process_due() -> None:
    """Process what is due, as the command does; it may fail again."""
    try:
        call_command("docusign_process", verbosity=0)
    except SystemExit as end:
        assert end.code == 1  # noqa: PT017 - it ends so only if a message failed


def names(heard: list[dict[str, Any]]) -> list[str]:
    return [arguments["event"].name for arguments in heard]


# Sender and arguments.


def test_signal_of_an_envelope_brings_the_envelope_and_what_happened(
    post: Post, hear: Hear
) -> None:
    (heard, every) = hear(signals.envelope_completed), hear(signals.connect_event)
    post(sample("json/envelope_completed_full.json"))
    (arguments,) = heard
    envelope = Envelope.objects.get()
    assert arguments.pop("event") == envelope.events.get()
    assert arguments == {
        "signal": signals.envelope_completed,
        "sender": Envelope,
        "envelope": envelope,
        "recipient": None,
        "message": kept(),
        "previous_status": "",
        "is_late": False,
        "is_replay": False,
    }
    assert arguments["envelope"].status == "completed"
    assert [one["sender"] for one in every] == [Envelope]


def test_event_has_docusigns_name_of_it_and_its_time(post: Post, hear: Hear) -> None:
    heard = hear(signals.envelope_completed)
    post(sample("json/envelope_completed_full.json"))
    event = heard[0]["event"]
    assert event.name == "envelope-completed"
    assert event.occurred_at == datetime(
        2022, 9, 22, 15, 22, 52, 920000, tzinfo=timezone.utc
    )


def test_signal_of_a_recipient_brings_the_recipient(post: Post, hear: Hear) -> None:
    heard = hear(signals.recipient_completed)
    post(sample("json/recipient_completed_minimal.json"))
    (arguments,) = heard
    assert arguments["sender"] is Envelope
    assert arguments["recipient"] == Envelope.objects.get().recipients.get()
    assert arguments["recipient"].recipient_id == "1"
    assert arguments["recipient"].status == "completed"


def test_signal_about_no_envelope_is_sent_by_the_message(
    post: Post, hear: Hear
) -> None:
    heard, every = hear(signals.click_agreed), hear(signals.connect_event)
    post(click())
    for arguments in (*heard, *every):
        assert arguments["sender"] is ConnectMessage
        assert arguments["event"].name == "click-agreed"
        assert arguments["event"].occurred_at == kept().generated_at
        assert (arguments["envelope"], arguments["recipient"]) == (None, None)
        assert (arguments["message"], arguments["previous_status"]) == (kept(), "")
    assert (len(heard), len(every)) == (1, 1)


@pytest.mark.parametrize("name", KNOWN_EVENTS)
def test_each_known_event_is_sent_by_its_own_signal_and_by_that_of_all(
    post: Post, hear: Hear, name: str
) -> None:
    heard = hear(getattr(signals, name.replace("-", "_")))
    every = hear(signals.connect_event)
    post(sim(name, recipientId="1"))
    assert (names(heard), names(every)) == ([name], [name])


def test_unknown_event_is_sent_by_the_signal_of_all(post: Post, hear: Hear) -> None:
    heard = hear(signals.connect_event)
    post(sim("envelope-folded"))
    assert (names(heard), heard[0]["sender"]) == (["envelope-folded"], Envelope)


def test_envelope_event_without_an_envelope_reaches_no_receiver_that_counts_on_one(
    post: Post, hear: Hear
) -> None:
    heard, every = hear(signals.envelope_sent), hear(signals.connect_event)
    post(compact({"event": "envelope-sent", "data": {"envelopeId": "123456"}}))
    assert heard == []
    assert [one["sender"] for one in every] == [ConnectMessage]
    assert kept().error == "It names no envelope by a GUID."


def test_receiver_of_a_sender_hears_of_that_one_alone(post: Post) -> None:
    receiver = Receiver()
    signals.connect_event.connect(receiver, sender=Envelope)
    post(click())
    post(sim("envelope-sent"))
    signals.connect_event.disconnect(receiver, sender=Envelope)
    assert receiver.calls == 1


def test_snapshot_announces_what_it_implies_in_order_of_time(
    post: Post, hear: Hear
) -> None:
    heard = hear(signals.connect_event)
    post(sample("xml/peopledoc_declined.xml"))
    assert names(heard) == [
        "envelope-created",
        "recipient-sent",
        "envelope-sent",
        "recipient-declined",
        "envelope-declined",
    ]
    assert all(one["event"].is_inferred for one in heard)


def test_previous_status_is_that_before_the_message(post: Post, hear: Hear) -> None:
    heard = hear(signals.connect_event)
    for second, name in enumerate(["sent", "delivered", "completed"]):
        post(sim(f"envelope-{name}", generated=f"2022-09-22T15:00:0{second}Z"))
    assert [one["previous_status"] for one in heard] == ["", "sent", "delivered"]


def test_late_event_is_announced_as_late(post: Post, hear: Hear) -> None:
    heard = hear(signals.connect_event)
    post(sim("envelope-completed", generated="2022-09-22T15:00:09Z"))
    post(sim("envelope-delivered", generated="2022-09-22T15:00:05Z"))
    assert [one["is_late"] for one in heard] == [False, True]
    assert heard[1]["envelope"].status == "completed"


# Once for each fact.


def test_fact_is_announced_once_whatever_brings_it(post: Post, hear: Hear) -> None:
    heard = hear(signals.envelope_completed)
    post(sim("envelope-completed"))
    post(sim("envelope-completed", retry_count=1))
    post(sim("envelope-completed", generated="2022-09-22T15:22:54Z"))
    post(xml("<Completed>2022-09-22T08:22:53</Completed>", status="Completed"))
    assert len(heard) == 1


def test_replay_tells_all_receivers_again_and_says_so(post: Post, hear: Hear) -> None:
    heard = hear(signals.envelope_completed)
    post(sim("envelope-completed"))
    for _ in range(2):
        assert ConnectMessage.objects.all().replay() == 1
        process_due()
    assert [one["is_replay"] for one in heard] == [False, True, True]
    assert kept().status == "processed"
    assert Envelope.objects.get().events.count() == 1


# After commit.


@pytest.mark.django_db(transaction=True)
def test_signals_are_sent_outside_any_transaction(
    post: Post, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)
    seen = []

    def look(**kwargs: Any) -> None:
        seen.append((connection.in_atomic_block, Envelope.objects.get().status))

    connect(signals.envelope_sent, look)
    connect(signals.connect_event, look)
    post(sim("envelope-sent"))
    assert seen == [(False, "sent")] * 2


@pytest.mark.django_db(transaction=True)
def test_receiver_that_breaks_its_own_transaction_spoils_no_row(
    post: Post, connect: Connect
) -> None:
    def break_transaction(**kwargs: Any) -> None:
        with transaction.atomic():
            Envelope.objects.create(envelope_id=ENVELOPE_ID)

    connect(signals.envelope_sent, break_transaction)
    assert post(sim("envelope-sent")).status_code == 200
    assert Envelope.objects.get().status == "sent"
    assert "IntegrityError" in ReceiverRun.objects.get().error


# Receivers that fail.


def test_receivers_after_one_that_raises_run_all_the_same(
    post: Post, connect: Connect
) -> None:
    receivers = [OtherReceiver(), Receiver(is_broken=True), Receiver()]
    for receiver in receivers:
        connect(signals.envelope_sent, receiver)
    assert post(sim("envelope-sent")).json() == {"status": "accepted"}
    assert [receiver.calls for receiver in receivers] == [1, 1, 1]


def test_failure_is_recorded_on_the_receivers_run(post: Post, connect: Connect) -> None:
    connect(signals.envelope_sent, Receiver(is_broken=True))
    connect(signals.envelope_sent, OtherReceiver())
    post(sim("envelope-sent"))
    failed, succeeded = ReceiverRun.objects.all()
    assert failed.receiver == "tests.test_signals.Receiver"
    assert (failed.status, failed.attempts) == ("failed", 1)
    assert failed.signal == "envelope_sent"
    assert failed.event == Envelope.objects.get().events.get()
    assert failed.error == "ValueError: The archive is full."
    assert 'raise ValueError("The archive is full.")' in failed.traceback
    assert (succeeded.status, succeeded.error) == ("succeeded", "")
    assert succeeded.duration >= 0


def test_failure_makes_the_message_failed_and_due_on_the_schedule(
    post: Post, connect: Connect, configure: Configure
) -> None:
    configure(RETRY_DELAYS=[100, 200])
    connect(signals.envelope_sent, Receiver(is_broken=True))
    post(sim("envelope-sent"))
    message = kept()
    assert (message.status, message.attempts) == ("failed", 1)
    assert message.error == (
        "ReceiversFailed: 1 receiver(s) failed: tests.test_signals.Receiver"
    )
    assert message.next_attempt_at is not None
    wait = message.next_attempt_at - django_timezone.now()
    assert timedelta(seconds=90) < wait <= timedelta(seconds=100)
    assert Envelope.objects.get().status == "sent"


@pytest.mark.parametrize("again", ["by the schedule", "by hand", "by DocuSign"])
def test_only_the_receiver_that_failed_runs_again(
    post: Post, connect: Connect, configure: Configure, again: str
) -> None:
    configure(RETRY_DELAYS=[0 if again == "by the schedule" else 3600])
    good, broken = OtherReceiver(), Receiver(is_broken=True)
    connect(signals.envelope_sent, good)
    connect(signals.envelope_sent, broken)
    post(sim("envelope-sent"))
    broken.is_broken = False
    if again == "by DocuSign":
        assert post(sim("envelope-sent", retry_count=1)).status_code == 200
    else:
        if again == "by hand":
            ConnectMessage.objects.all().requeue()
        process_due()
    assert (good.calls, broken.calls) == (1, 2)
    assert kept().status == "processed"
    runs = ReceiverRun.objects.values_list("status", "attempts", "error")
    assert set(runs) == {("succeeded", 1, ""), ("succeeded", 2, "")}


def test_message_is_abandoned_after_the_last_delay_and_may_be_tried_once_more(
    post: Post, connect: Connect, configure: Configure
) -> None:
    configure(RETRY_DELAYS=[0, 0])
    receiver = Receiver(is_broken=True)
    connect(signals.envelope_sent, receiver)
    post(sim("envelope-sent"))
    process_due()
    message = kept()
    assert (message.status, message.attempts) == ("abandoned", 3)
    assert (message.next_attempt_at, receiver.calls) == (None, 3)
    receiver.is_broken = False
    assert ConnectMessage.objects.all().requeue() == 1
    process_due()
    assert (kept().status, receiver.calls) == ("processed", 4)


def test_receiver_that_is_gone_keeps_no_message_from_being_processed(
    post: Post, configure: Configure
) -> None:
    configure(RETRY_DELAYS=[0])
    receiver = Receiver(is_broken=True)
    signals.envelope_sent.connect(receiver)
    post(sim("envelope-sent"))
    signals.envelope_sent.disconnect(receiver)
    process_due()
    assert (kept().status, ReceiverRun.objects.get().status) == ("processed", "gone")


def test_function_connected_to_two_signals_has_a_run_for_each(
    post: Post, connect: Connect
) -> None:
    receiver = Receiver()
    connect(signals.envelope_sent, receiver)
    connect(signals.connect_event, receiver)
    post(sim("envelope-sent"))
    assert receiver.calls == 2
    assert list(ReceiverRun.objects.values_list("signal", flat=True)) == [
        "envelope_sent",
        "connect_event",
    ]


def test_two_receivers_of_one_name_have_a_run_each(
    post: Post, connect: Connect
) -> None:
    for receiver in (Receiver(), Receiver()):
        connect(signals.envelope_sent, receiver)
    post(sim("envelope-sent"))
    assert list(ReceiverRun.objects.values_list("receiver", flat=True)) == [
        "tests.test_signals.Receiver",
        "tests.test_signals.Receiver#2",
    ]


def test_partial_has_a_run_by_the_name_of_its_function(
    post: Post, connect: Connect
) -> None:
    named = partial(fail)
    update_wrapper(named, process_due)
    for receiver in (partial(fail), partial(fail, n=2), partial(Receiver()), named):
        connect(signals.envelope_sent, receiver)
    post(sim("envelope-sent"))
    assert list(ReceiverRun.objects.values_list("receiver", flat=True)) == [
        "tests.test_signals.fail",
        "tests.test_signals.fail#2",
        "tests.test_signals.Receiver",
        "tests.test_signals.process_due",
    ]


def test_partial_is_told_from_that_of_another_function_when_one_is_gone(
    post: Post, connect: Connect, configure: Configure
) -> None:
    configure(RETRY_DELAYS=[0])
    good, broken = OtherReceiver(), Receiver(is_broken=True)
    first = partial(good)
    signals.envelope_sent.connect(first)
    connect(signals.envelope_sent, partial(broken))
    post(sim("envelope-sent"))
    signals.envelope_sent.disconnect(first)
    broken.is_broken = False
    process_due()
    assert (good.calls, broken.calls, kept().status) == (1, 2, "processed")


def test_failing_receiver_of_an_event_without_an_envelope_is_tried_again(
    post: Post, connect: Connect, configure: Configure
) -> None:
    configure(RETRY_DELAYS=[0])
    good, broken = OtherReceiver(), Receiver(is_broken=True)
    connect(signals.click_agreed, broken)
    connect(signals.click_agreed, good)
    post(click())
    broken.is_broken = False
    process_due()
    assert (good.calls, broken.calls, kept().status) == (1, 2, "processed")
    assert {run.event for run in ReceiverRun.objects.all()} == {None}


# Async receivers.


@pytest.mark.django_db(transaction=True)
def test_receiver_may_be_async(post: Post, connect: Connect) -> None:
    seen = []

    async def look(envelope: Envelope, **kwargs: Any) -> None:
        await asyncio.sleep(0)
        seen.append(await Envelope.objects.aget(pk=envelope.pk))

    connect(signals.envelope_sent, look)
    post(sim("envelope-sent"))
    assert [envelope.status for envelope in seen] == ["sent"]
    assert ReceiverRun.objects.get().status == "succeeded"


def test_async_receiver_that_raises_is_recorded_like_any_other(
    post: Post, connect: Connect
) -> None:
    async def fail(**kwargs: Any) -> None:
        raise ValueError("The archive is full.")

    connect(signals.envelope_sent, fail)
    post(sim("envelope-sent"))
    assert ReceiverRun.objects.get().error == "ValueError: The archive is full."
    assert kept().status == "failed"


# The app's own life.


def test_life_of_a_message_is_announced(
    post: Post, hear: Hear, connect: Connect, configure: Configure
) -> None:
    configure(RETRY_DELAYS=[0])
    receiver = Receiver(is_broken=True)
    connect(signals.envelope_sent, receiver)
    received, failed, processed = (
        hear(signals.message_received),
        hear(signals.message_failed),
        hear(signals.message_processed),
    )
    post(sim("envelope-sent"))
    assert (len(received), len(failed), len(processed)) == (1, 1, 0)
    assert failed[0]["message"].error.startswith("ReceiversFailed: ")
    receiver.is_broken = False
    process_due()
    assert (len(received), len(failed), len(processed)) == (1, 1, 1)
    for arguments in (*received, *failed, *processed):
        assert (arguments["sender"], arguments["message"]) == (ConnectMessage, kept())


def test_repeat_is_not_received_anew(post: Post, hear: Hear) -> None:
    received = hear(signals.message_received)
    post(sim("envelope-sent"))
    post(sim("envelope-sent", retry_count=1))
    assert len(received) == 1


@pytest.mark.parametrize("name", ["received", "rejected", "processed", "failed"])
def test_receiver_of_the_apps_life_that_raises_changes_no_answer(
    post: Post, connect: Connect, name: str
) -> None:
    connect(getattr(signals, f"message_{name}"), fail)
    assert post(sim("envelope-sent")).status_code == 200
    assert post(b"{").status_code == 200
    assert post(sim("envelope-sent"), key="forged").status_code == 401
    assert {message.status for message in ConnectMessage.objects.all()} == {
        "processed",
        "failed",
    }


def test_ignored_message_announces_no_event(
    post: Post, hear: Hear, configure: Configure
) -> None:
    configure(ACCOUNT_IDS=["another"])
    events, processed = hear(signals.connect_event), hear(signals.message_processed)
    post(sim("envelope-sent"))
    assert (len(events), len(processed)) == (0, 1)
