"""The stories that can be told, and how a seed tells one."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from .draft import Role, begun, draft_envelope
from .story import Envelope, Moment
from .teller import Teller

#: When stories end if no other moment is given: always then, for the sake of tests.
USUAL_END = datetime(2020, 1, 1, tzinfo=timezone.utc)
MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Scenario:
    """What happens, to whom, and how many documents the envelope carries."""

    happen: Callable[[Teller], None]
    roles: tuple[Role, ...] = (Role("Tenant"),)
    documents: int = 0


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


def wait(teller: Teller) -> None:
    """Let the first open it, and sign, or not; then nothing is heard for days."""
    teller.create()
    teller.send("1")
    acts = teller.chance.randrange(3)
    if acts > 0:
        teller.open("1")
    if acts > 1:
        teller.sign("1")
        teller.send("2")
    teller.idle()


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
    "expired": Scenario(expire),
    "corrected": Scenario(correct),
    "authentication-failed": Scenario(fail_authentication),
    "carbon-copies": Scenario(
        send_copies,
        roles=(Role("Tenant"), Role("Archive", kind="carbonCopy", routing_order=2)),
    ),
    "with-documents": Scenario(sign, documents=2),
    "waiting": Scenario(
        wait, roles=(Role("Tenant"), Role("Landlord", routing_order=2))
    ),
}


def tell(
    scenario: str,
    *,
    seed: int,
    index: int = 0,
    document_size: int = 0,
    before: datetime | None = None,
) -> list[Moment]:
    """Return what Connect would tell of one envelope, in order of generation.

    The same arguments always tell the same. ``index`` tells apart the envelopes of
    a seed. ``document_size`` is how many bytes each document has at least. All
    happens shortly before a moment, ``before``; another one moves the whole story in
    time and changes nothing else. Raise KeyError for a scenario that is not in
    ``SCENARIOS``.
    """
    chosen = SCENARIOS[scenario]
    chance = random.Random(f"{seed}/{index}/{scenario}")  # noqa: S311 - no secret
    end = _to_utc(before or USUAL_END + timedelta(seconds=index)) - MILLISECOND
    envelope = draft_envelope(
        chance,
        chosen.roles,
        created_at=end,
        document_sizes=[document_size] * chosen.documents,
    )
    # Only once it is told is it known how long it takes.
    state = chance.getstate()
    taken = _let_happen(chosen, envelope, chance).now - end
    chance.setstate(state)
    return _let_happen(chosen, begun(envelope, at=end - taken), chance).moments


def choose_seed() -> int:
    """Return a seed, another one each millisecond."""
    return (datetime.now(timezone.utc) - USUAL_END) // MILLISECOND


def _let_happen(chosen: Scenario, envelope: Envelope, chance: random.Random) -> Teller:
    teller = Teller(envelope, chance)
    chosen.happen(teller)
    return teller


def _to_utc(moment: datetime) -> datetime:
    """Return a moment as stories have it, to the millisecond."""
    in_utc = moment.astimezone(timezone.utc)
    return in_utc.replace(microsecond=in_utc.microsecond // 1000 * 1000)
