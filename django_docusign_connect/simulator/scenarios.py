"""The stories that can be told, and how a seed tells one."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from .draft import Role, draft_envelope
from .story import Moment
from .teller import Teller

#: Seeds count milliseconds from here to when their stories begin.
FIRST_START = datetime(2020, 1, 1, tzinfo=timezone.utc)
SEEDS = 20 * 365 * 24 * 3600 * 1000


@dataclass(frozen=True)
class Scenario:
    """What happens, to whom, and how many documents the envelope carries."""

    happen: Callable[[Teller], None]
    roles: tuple[Role, ...] = (Role("Tenant"),)
    documents: int = 0
    days: int = 0
    """How long it takes."""


def sign_by_two(teller: Teller) -> None:
    teller.create()
    for recipient_id in ("1", "2"):
        teller.send(recipient_id)
        teller.open(recipient_id)
        teller.sign(recipient_id)
    teller.complete()


def decline(teller: Teller) -> None:
    teller.create()
    teller.send("1", "2")
    teller.open("1")
    teller.sign("1")
    teller.open("2")
    teller.decline("2", reason="Die Miete ist zu hoch für mich.")


def void(teller: Teller) -> None:
    teller.create()
    teller.send("1")
    teller.open("1")
    teller.void(reason='Sent by mistake: "draft 2" is not the final text.')


def expire(teller: Teller) -> None:
    teller.create()
    teller.send("1")
    teller.expire()


def correct(teller: Teller) -> None:
    teller.create()
    teller.send("1")
    teller.correct("1", email=f"corrected{teller.chance.randrange(1000)}@example.com")
    teller.resend("1")
    teller.open("1")
    teller.sign("1")
    teller.complete()


def fail_authentication(teller: Teller) -> None:
    """Let the recipient try again later, in half of the stories."""
    teller.create()
    teller.send("1")
    teller.fail_authentication("1")
    if teller.chance.random() < 0.5:
        teller.open("1")
        teller.sign("1")
        teller.complete()


def send_copies(teller: Teller) -> None:
    teller.create()
    teller.send("1")
    teller.open("1")
    teller.sign("1")
    teller.send("2")
    teller.copy("2")
    teller.complete()


def sign(teller: Teller) -> None:
    teller.create()
    teller.send("1")
    teller.open("1")
    teller.sign("1")
    teller.complete()


SCENARIOS = {
    "signed-by-two": Scenario(
        sign_by_two, roles=(Role("Tenant"), Role("Landlord", routing_order=2))
    ),
    "declined": Scenario(decline, roles=(Role("Landlord"), Role("Tenant"))),
    "voided": Scenario(void),
    "expired": Scenario(expire, days=120),
    "corrected": Scenario(correct),
    "authentication-failed": Scenario(fail_authentication),
    "carbon-copies": Scenario(
        send_copies,
        roles=(Role("Tenant"), Role("Archive", kind="carbonCopy", routing_order=2)),
    ),
    "with-documents": Scenario(sign, documents=2),
}


def tell(
    scenario: str, *, seed: int, index: int = 0, document_size: int = 0
) -> list[Moment]:
    """Return what Connect would tell of one envelope, in order of generation.

    The same arguments always tell the same. ``index`` tells apart the envelopes of
    a seed. ``document_size`` is how many bytes each document has at least. Raise
    KeyError for a scenario that is not in ``SCENARIOS``.
    """
    chosen = SCENARIOS[scenario]
    chance = random.Random(f"{seed}/{index}/{scenario}")  # noqa: S311 - no secret
    start = FIRST_START + timedelta(milliseconds=seed % SEEDS, seconds=index)
    envelope = draft_envelope(
        chance,
        chosen.roles,
        created_at=start - timedelta(days=chosen.days),
        document_sizes=[document_size] * chosen.documents,
    )
    teller = Teller(envelope, chance)
    chosen.happen(teller)
    return teller.moments


def choose_seed() -> int:
    """Return a seed whose stories end about now, another one each millisecond."""
    hour_ago = datetime.now(timezone.utc) - timedelta(hours=1)
    return (hour_ago - FIRST_START) // timedelta(milliseconds=1)
