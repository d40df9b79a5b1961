"""Compares what was acknowledged with what is stored, applied and announced."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from tests.chaos.actors import Kill
from tests.chaos.load import Told
from tests.chaos.trace import Call

RECEIVERS = ("quick", "slow", "flaky")
#: What a snapshot tells of and has neither a date nor a status for.
UNSHOWN = {"recipient-authenticationfailed"}


@dataclass(frozen=True)
class Rows:
    """What the database holds after a run.

    ``messages`` are statuses by digest; ``events`` are envelopes' IDs and names by key;
    ``runs`` are statuses by event's key and receiver.
    """

    messages: dict[str, str]
    events: dict[int, tuple[str, str]]
    runs: dict[tuple[int, str], str]


@dataclass
class Verdict:
    """The numbers of one run, and a line for each thing that is wrong."""

    sent: int
    acknowledged: int
    stored: int = 0
    applied: int = 0
    announced: int = 0
    announced_twice: int = 0
    excused: int = 0
    lost: int = 0
    complaints: list[str] = field(default_factory=list)

    def lose(self, what: str) -> None:
        self.lost += 1
        self.complaints.append(f"lost: {what}")


def audit(
    told: Sequence[Told], rows: Rows, calls: Iterable[Call], kills: Sequence[Kill]
) -> Verdict:
    """Judge a run: of what was acknowledged nothing may be missing, or come twice.

    A second call is excused if the first one's process was killed before what it did
    could be recorded. Nothing excuses what is lost.
    """
    acknowledged = [one for one in told if one.is_acknowledged]
    verdict = Verdict(len(told), len(acknowledged))
    for one in acknowledged:
        _audit_message(one, rows, verdict)
    for fact in _missing_facts(acknowledged, rows):
        verdict.lose(fact)
    _audit_calls(rows, calls, kills, verdict)
    return verdict


def _audit_message(told: Told, rows: Rows, verdict: Verdict) -> None:
    """Look for the message's row: its bytes are those of one of its posts."""
    moment = told.message.moment
    name = f"{told.message.format} {moment.event} of {moment.envelope.envelope_id}"
    kept = told.digests & rows.messages.keys()
    if not kept:
        verdict.lose(f"{name} is not stored")
        return
    verdict.stored += 1
    statuses = sorted(rows.messages[digest] for digest in kept)
    if statuses == ["processed"]:
        verdict.applied += 1
    else:
        verdict.lose(f"{name} is stored as {', '.join(statuses)}")


def _missing_facts(told: Iterable[Told], rows: Rows) -> Iterator[str]:
    """Yield the facts that were told of and are in no envelope's timeline."""
    known: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for envelope, name in rows.events.values():
        known[envelope][name] += 1
    expected: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in told:
        moment = one.message.moment
        names = expected[moment.envelope.envelope_id]
        if one.message.format == "sim":
            names[moment.event] += 1
        elif moment.event not in UNSHOWN:
            # A snapshot shows that something happened, and not how often.
            names[moment.event] = 1
    for envelope, names in expected.items():
        for name, count in (names - known[envelope]).items():
            yield f"{count} of {names[name]} {name} of {envelope}"


def _audit_calls(
    rows: Rows, calls: Iterable[Call], kills: Sequence[Kill], verdict: Verdict
) -> None:
    by_pair: defaultdict[tuple[int, str], list[Call]] = defaultdict(list)
    for call in calls:
        by_pair[(call.event, call.receiver)].append(call)
    for event, (envelope, name) in rows.events.items():
        for receiver in RECEIVERS:
            heard = by_pair[(event, receiver)]
            what = f"{receiver} of {name} (event {event}) of {envelope}"
            _audit_pair(what, heard, kills, verdict)
            if rows.runs.get((event, receiver)) != "succeeded":
                verdict.complaints.append(f"no successful run is recorded: {what}")


def _audit_pair(
    what: str, calls: Sequence[Call], kills: Sequence[Kill], verdict: Verdict
) -> None:
    """Count how often one receiver heard of one event; who raised has not heard it."""
    heard = [call for call in calls if not call.has_failed]
    ended = [call for call in heard if call.ended_at is not None]
    if not ended:
        verdict.lose(f"{what} was never announced")
        return
    verdict.announced += 1
    repeats = len(heard) - 1
    excused = min(repeats, sum(call.was_cut_short(kills) for call in heard))
    verdict.excused += excused
    verdict.announced_twice += repeats - excused
    if repeats > excused:
        verdict.complaints.append(f"announced {len(heard)} times: {what}: {heard}")
