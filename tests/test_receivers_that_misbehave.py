"""Receivers are guests: whatever one does, the others run and nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from django_docusign_connect import signals
from django_docusign_connect.models import ConnectMessage, Envelope, ReceiverRun
from tests.bodies import sim

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
            Envelope.objects.locked().filter(pk=envelope.pk).update(target_id="7")

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
