"""An envelope whose recipients change their ids ends up the same in any order."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from itertools import permutations
from typing import Any

import pytest
from django.core.management import call_command

from django_docusign_connect import signals
from django_docusign_connect.models import ConnectMessage, Envelope, EnvelopeEvent

from .acceptance.test_convergence import check
from .bodies import aggregate, sim

ADA = "11111111-1111-4111-8111-111111111111"
BOB = "22222222-2222-4222-8222-222222222222"
CY = "33333333-3333-4333-8333-333333333333"
TIME = "2026-01-31T12:00:0{}Z"


def signer(recipient_id: str, guid: str = "", **values: str) -> dict[str, str]:
    known = {"recipientIdGuid": guid} if guid else {}
    return {"recipientId": recipient_id, **known, **values}


def snapshot(second: int, *signers: dict[str, str]) -> bytes:
    recipients: dict[str, Any] = {"signers": signers}
    changed = TIME.format(second)
    return aggregate("sent", lastModifiedDateTime=changed, recipients=recipients)


@pytest.mark.django_db
def test_id_that_passed_on_is_seen_before_rows_are_joined() -> None:
    stories = [
        snapshot(1, signer("1", ADA), signer("2", BOB)),
        snapshot(4, signer("1"), signer("2", ADA)),
        snapshot(5, signer("1", status="completed")),
    ]
    for come in permutations(stories):
        check(stories, come)


@pytest.mark.django_db
def test_event_that_is_merged_while_told_anew_is_still_found() -> None:
    signed = {"signedDateTime": TIME.format(0)}
    stories = [
        snapshot(0, signer("1", ADA, **signed), signer("2", **signed)),
        snapshot(1, signer("1", BOB), signer("2", ADA)),
        sim("envelope-completed", generated=TIME.format(5)),
    ]
    for come in permutations(stories):
        check(stories, come)


@pytest.mark.django_db
def test_id_that_two_got_at_the_same_time_means_the_same_one_in_any_order() -> None:
    stories = [
        snapshot(0, signer("", ADA), signer("1", BOB)),
        snapshot(6, signer("1", CY), signer("3", BOB), signer("", ADA)),
        snapshot(6, signer("1", BOB), signer("2", CY), signer("3", ADA)),
        sim("recipient-completed", recipientId="3", generated=TIME.format(9)),
    ]
    for come in permutations(stories):
        check(stories, come)


@pytest.mark.django_db
def test_other_messages_are_read_again_for_a_late_one_alone(
    post: Callable[..., Any],
) -> None:
    post(snapshot(1, signer("1", ADA), signer("2", BOB)))
    post(snapshot(3, signer("1", BOB), signer("2", ADA)))
    first = ConnectMessage.objects.order_by("pk")[:1].get()
    first.inline_body = snapshot(1, signer("1", ADA), signer("3", name="Cy"))
    first.save()

    def names() -> set[str]:
        return set(Envelope.objects.get().recipients.values_list("name", flat=True))

    post(snapshot(4, signer("1", BOB, status="completed")))
    post(sim("recipient-completed", recipientId="2", generated=TIME.format(5)))
    assert names() == {""}
    completed = Envelope.objects.get().recipients.filter(status="completed")
    assert {str(one.recipient_id_guid) for one in completed} == {ADA, BOB}
    post(snapshot(2, signer("2", ADA)))
    assert "Cy" in names()


@pytest.mark.django_db
def test_event_of_a_message_that_staff_ignored_is_kept(
    post: Callable[..., Any],
    configure: Callable[..., None],
    connect: Callable[..., None],
) -> None:
    def fail(**kwargs: Any) -> None:
        raise ValueError("no")

    configure(RETRY_DELAYS=[])
    connect(signals.envelope_completed, fail)
    post(sim("envelope-completed", generated=TIME.format(0)))
    assert ConnectMessage.objects.all().ignore() == 1
    post(snapshot(1, signer("1", ADA), signer("2", BOB)))
    post(snapshot(3, signer("1", BOB), signer("2", ADA)))
    assert EnvelopeEvent.objects.filter(name="envelope-completed").count() == 1


@pytest.mark.django_db
def test_replay_of_the_newest_message_leaves_a_contested_envelope_as_it_is(
    post: Callable[..., Any],
) -> None:
    post(snapshot(1, signer("1", ADA), signer("2", BOB)))
    post(snapshot(3, signer("1", BOB), signer("2", ADA)))
    before = Envelope.objects.get()
    assert before.is_contested
    newest = ConnectMessage.objects.latest("pk")
    call_command("docusign_replay", id=[newest.pk], stdout=StringIO())
    assert Envelope.objects.get().changed_at == before.changed_at
