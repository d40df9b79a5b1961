"""Compares what was acknowledged with what is stored, applied and announced."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tests.chaos import facts
from tests.chaos.actors import Kill
from tests.chaos.load import Told
from tests.chaos.rows import Heard, Rows
from tests.chaos.trace import Call

RECEIVERS = ("quick", "slow", "flaky")
UNHEARD = Heard("", 0)


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

    def repeat(self, what: str, *, times: int = 1) -> None:
        self.announced_twice += times
        self.complaints.append(f"announced twice: {what}")


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
    for fact in facts.missing(acknowledged, rows):
        verdict.lose(fact)
    for fact in facts.repeated(told, rows):
        verdict.repeat(fact)
    _audit_calls(rows, calls, kills=kills, verdict=verdict)
    if len(acknowledged) == len(told):
        # What was never acknowledged, which is told apart, may be kept or not.
        for status in facts.wrong_statuses(told, rows):
            verdict.lose(status)
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
    statuses = sorted(status for digest in kept for status in rows.messages[digest])
    if statuses == ["processed"]:
        verdict.applied += 1
    else:
        verdict.lose(f"{name} is stored as {', '.join(statuses)}")


def _audit_calls(
    rows: Rows, calls: Iterable[Call], *, kills: Sequence[Kill], verdict: Verdict
) -> None:
    by_pair: defaultdict[tuple[int, str], list[Call]] = defaultdict(list)
    for call in calls:
        by_pair[(call.event, call.receiver)].append(call)
    for event, fact in rows.events.items():
        for receiver in RECEIVERS:
            heard = by_pair.pop((event, receiver), [])
            run = rows.runs.get((event, receiver), UNHEARD)
            what = f"{receiver} of {fact} (event {event})"
            _audit_pair(what, heard, run=run, kills=kills, verdict=verdict)
            if run.status != "succeeded":
                verdict.complaints.append(f"no successful run is recorded: {what}")
    for event, receiver in by_pair:
        verdict.complaints.append(f"{receiver} heard of event {event}, which is no row")


def _audit_pair(
    what: str,
    calls: Sequence[Call],
    *,
    run: Heard,
    kills: Sequence[Kill],
    verdict: Verdict,
) -> None:
    """Count how often one receiver heard of one event; who raised has not heard it."""
    heard = [call for call in calls if not call.has_failed]
    if not any(call.ended_at for call in heard):
        verdict.lose(f"{what} was never announced")
        return
    verdict.announced += 1
    repeats = len(heard) - 1
    # A call that is on record did not go unrecorded for a kill.
    unrecorded = len(calls) - run.attempts
    cut_short = sum(call.was_cut_short(kills) for call in heard)
    excused = max(0, min(repeats, cut_short, unrecorded))
    verdict.excused += excused
    if repeats > excused:
        verdict.repeat(f"{what}: {heard}", times=repeats - excused)
