"""The calls of the host's receivers, as they wrote them down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.actors import Kill

#: Seconds for which what a receiver did may still be unrecorded after it ended: the
#: longest outage of a database, and some more.
UNRECORDED_SECONDS = 3.0


@dataclass
class Call:
    """One call of a receiver; it never ended if its process was killed first."""

    event: int
    receiver: str
    group: int
    process: int
    began_at: float
    ended_at: float | None = None
    has_failed: bool = False

    def was_cut_short(self, kills: Iterable[Kill]) -> bool:
        """Tell whether its process was killed before the call could be recorded."""
        return any(
            kill.number in (self.group, self.process)
            and self.began_at <= kill.at
            and (self.ended_at or kill.at) + UNRECORDED_SECONDS >= kill.at
            for kill in kills
        )


def read_calls(trace: Path) -> list[Call]:
    """Read the trace that all processes of the host wrote together."""
    return list(_calls(trace.read_text().splitlines()))


def _calls(lines: Iterable[str]) -> Iterator[Call]:
    running: dict[tuple[str, ...], Call] = {}
    for line in lines:
        at, group, process, thread, verb, receiver, event = line.split()
        if verb == "begin":
            call = Call(int(event), receiver, int(group), int(process), float(at))
            running[(process, thread)] = call
            yield call
        else:
            call = running.pop((process, thread))
            call.ended_at, call.has_failed = float(at), verb == "failed"
