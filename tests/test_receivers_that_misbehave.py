"""Receivers are guests: whatever one does, the others run and nothing is lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.management import call_command
from django.db import connection, transaction
from django.test import AsyncClient
from django.utils import timezone

from django_docusign_connect import signals
from django_docusign_connect.authentication.signatures import sign
from django_docusign_connect.models import ConnectMessage, Envelope, ReceiverRun
from tests.bodies import sim
from tests.conftest import KEY

pytestmark = pytest.mark.django_db(transaction=True)

Post = Callable[..., Any]


def outcomes() -> list[tuple[str, str]]:
    runs = ReceiverRun.objects.order_by("pk")
    return [(run.status, run.error.partition(":")[0]) for run in runs]


def test_transaction_left_open_is_undone_and_the_run_recorded(
    post: Post, connect: Callable[..., None], hear: Callable[..., Any]
) -> None:
    def leave_open(envelope: Envelope, **kwargs: Any) -> None:
        transaction.atomic().__enter__()
        Envelope.objects.update(subject="half done")

    connect(signals.envelope_sent, leave_open)
    heard = hear(signals.envelope_sent)
    assert post(sim("envelope-sent")).status_code == 200
    assert not connection.in_atomic_block
    assert Envelope.objects.get().subject == ""
    assert outcomes() == [("succeeded", ""), ("succeeded", "")]
    assert len(heard) == 1


def test_transaction_left_broken_is_undone_and_the_failure_recorded(
    post: Post, connect: Callable[..., None]
) -> None:
    def leave_broken(envelope: Envelope, **kwargs: Any) -> None:
        transaction.atomic().__enter__()
        Envelope.objects.create(envelope_id=envelope.envelope_id)

    connect(signals.envelope_sent, leave_broken)
    assert post(sim("envelope-sent")).status_code == 200
    assert outcomes() == [("failed", "IntegrityError")]
    assert ConnectMessage.objects.get().status == "failed"


def enter_a_transaction() -> None:
    transaction.atomic().__enter__()


def switch_autocommit_off() -> None:
    transaction.set_autocommit(False)


def end_the_process() -> None:
    """Lose what is not committed, as a process does that ends."""
    connection.close()
    connection.connect()


LEFT_OPEN = [enter_a_transaction, switch_autocommit_off]


@pytest.mark.parametrize("leave_open", LEFT_OPEN)
@pytest.mark.parametrize("name", ["received", "processed", "failed", "rejected"])
def test_transaction_that_a_receiver_of_the_apps_life_leaves_open_takes_nothing_with_it(
    post: Post, connect: Callable[..., None], name: str, leave_open: Callable[[], None]
) -> None:
    connect(getattr(signals, f"message_{name}"), lambda **kwargs: leave_open())
    assert post(sim("envelope-sent"), key="forged").status_code == 401
    assert post(b"{").status_code == 200
    for second in range(3):
        body = sim("envelope-resent", generated=f"2022-09-22T15:22:0{second}Z")
        assert post(body).status_code == 200
    end_the_process()
    kept = ConnectMessage.objects.order_by("pk").values_list("status", flat=True)
    assert list(kept) == ["failed", "processed", "processed", "processed"]


@pytest.mark.parametrize("leave_open", LEFT_OPEN)
@pytest.mark.parametrize("name", ["envelope_resent", "message_processed"])
def test_worker_keeps_the_rest_of_a_batch_whatever_a_receiver_leaves_open(
    post: Post,
    connect: Callable[..., None],
    configure: Callable[..., None],
    name: str,
    leave_open: Callable[[], None],
) -> None:
    configure(PROCESSOR="deferred")
    for second in range(3):
        post(sim("envelope-resent", generated=f"2022-09-22T15:22:0{second}Z"))
    connect(getattr(signals, name), lambda **kwargs: leave_open())
    call_command("docusign_process", verbosity=0)
    end_the_process()
    statuses = ConnectMessage.objects.values_list("status", flat=True)
    assert list(statuses) == ["processed"] * 3


def test_transaction_that_was_open_before_a_receiver_ran_stays_open(
    post: Post, connect: Callable[..., None]
) -> None:
    connect(signals.message_rejected, lambda **kwargs: None)
    with transaction.atomic():
        assert post(sim("envelope-sent"), key="forged").status_code == 401
        assert connection.in_atomic_block


@pytest.mark.parametrize("error", [asyncio.CancelledError, GeneratorExit])
def test_exception_that_is_no_error_is_a_failure_like_any_other(
    post: Post,
    connect: Callable[..., None],
    hear: Callable[..., Any],
    error: type[BaseException],
) -> None:
    def cancel(**kwargs: Any) -> None:
        raise error

    connect(signals.envelope_sent, cancel)
    heard = hear(signals.envelope_sent)
    assert post(sim("envelope-sent")).status_code == 200
    assert outcomes() == [("failed", error.__name__), ("succeeded", "")]
    assert len(heard) == 1


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt])
def test_end_of_the_process_is_recorded_and_the_message_taken_up_later(
    post: Post, connect: Callable[..., None], error: type[BaseException]
) -> None:
    def end(**kwargs: Any) -> None:
        raise error

    connect(signals.envelope_sent, end)
    with pytest.raises(error):
        post(sim("envelope-sent"))
    assert outcomes() == [("failed", error.__name__)]
    message = ConnectMessage.objects.get()
    assert (message.status, message.is_claimed) == ("pending", True)


def test_receiver_may_write_to_the_same_envelope(
    post: Post, connect: Callable[..., None]
) -> None:
    def rename(envelope: Envelope, **kwargs: Any) -> None:
        with transaction.atomic():
            Envelope.objects.select_for_update().filter(pk=envelope.pk).update(
                target_id="7"
            )

    connect(signals.envelope_sent, rename)
    assert post(sim("envelope-sent")).status_code == 200
    assert Envelope.objects.get().target_id == "7"
    assert outcomes() == [("succeeded", "")]


def test_receiver_may_track_the_envelope(
    post: Post, connect: Callable[..., None], django_user_model: Any
) -> None:
    user = django_user_model.objects.create(username="ada")

    def adopt(envelope: Envelope, **kwargs: Any) -> None:
        Envelope.objects.track(envelope.envelope_id, target=user)

    connect(signals.envelope_sent, adopt)
    post(sim("envelope-sent"))
    assert Envelope.objects.for_target(user).get().status == "sent"


def fail(**kwargs: Any) -> None:
    raise ValueError("The archive is full.")


def try_again() -> ConnectMessage:
    """Process the message as if its time had come; return it as it is then."""
    ConnectMessage.objects.update(next_attempt_at=timezone.now())
    with pytest.raises(SystemExit):
        call_command("docusign_process", verbosity=0)
    return ConnectMessage.objects.get()


def test_each_try_waits_as_long_as_its_delay_says(
    post: Post, connect: Callable[..., None], configure: Callable[..., None]
) -> None:
    configure(RETRY_DELAYS=[100, 200, 400])
    connect(signals.envelope_sent, fail)
    post(sim("envelope-sent"))
    waits = []
    message = ConnectMessage.objects.get()
    while message.next_attempt_at:
        wait = (message.next_attempt_at - timezone.now()).total_seconds()
        waits.append(round(wait / 100))
        message = try_again()
    assert waits == [1, 2, 4]
    assert (message.status, message.attempts) == ("abandoned", 4)
    assert ReceiverRun.objects.get().attempts == 4


def test_receiver_that_outlasts_the_claim_is_run_by_who_takes_over_and_recorded_once(
    post: Post, connect: Callable[..., None], configure: Callable[..., None]
) -> None:
    configure(CLAIM_SECONDS=0.2)
    calls: list[str] = []

    def be_slow(**kwargs: Any) -> None:
        calls.append("")
        if len(calls) == 1:
            time.sleep(0.4)
            call_command("docusign_process", verbosity=0)

    connect(signals.envelope_sent, be_slow)
    connect(signals.connect_event, lambda **kwargs: calls.append("after"))
    assert post(sim("envelope-sent")).status_code == 200
    assert calls == ["", "", "after"]
    assert outcomes() == [("succeeded", "")] * 2
    assert ConnectMessage.objects.get().status == "processed"


def test_repeat_of_a_message_that_failed_makes_it_due_for_the_command(
    post: Post, connect: Callable[..., None], configure: Callable[..., None]
) -> None:
    configure(PROCESSOR="deferred", RETRY_DELAYS=[3600])
    failures = [ValueError("The archive is full.")]

    def fail_once(**kwargs: Any) -> None:
        if failures:
            raise failures.pop()

    connect(signals.envelope_sent, fail_once)
    post(sim("envelope-sent"))
    with pytest.raises(SystemExit):
        call_command("docusign_process", verbosity=0)
    call_command("docusign_process", verbosity=0)
    assert ConnectMessage.objects.get().status == "failed"
    assert post(sim("envelope-sent", retry_count=1)).json() == {"status": "duplicate"}
    call_command("docusign_process", verbosity=0)
    message = ConnectMessage.objects.get()
    assert (message.status, message.duplicates) == ("processed", 1)


def test_receiver_may_be_async_where_the_request_is_async_too(
    connect: Callable[..., None],
) -> None:
    seen = []

    async def look(envelope: Envelope, **kwargs: Any) -> None:
        seen.append(await Envelope.objects.aget(pk=envelope.pk))

    async def fail_late(**kwargs: Any) -> None:
        await asyncio.sleep(0)
        raise ValueError("The archive is full.")

    connect(signals.envelope_sent, look)
    connect(signals.envelope_sent, fail_late)
    body = sim("envelope-sent")
    answer = async_to_sync(AsyncClient().post)(
        "/docusign/connect/",
        body,
        content_type="application/json",
        headers={"X-DocuSign-Signature-1": sign(body, KEY).decode()},
    )
    assert answer.status_code == 200
    assert [envelope.status for envelope in seen] == ["sent"]
    assert outcomes() == [("succeeded", ""), ("failed", "ValueError")]
