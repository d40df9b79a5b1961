"""An envelope whose recipients change their ids ends up the same in any order."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from .acceptance.test_convergence import check
from .bodies import aggregate, sim

ADA = "11111111-1111-4111-8111-111111111111"
BOB = "22222222-2222-4222-8222-222222222222"
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
