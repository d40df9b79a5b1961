"""What goes wrong, and when: a plan that follows from the seed."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

#: Bytes that the host's receivers write for a message, about. Faults are spread over
#: most of what they will write: each finds the host at work, however slow the machine.
MESSAGE_BYTES = 300
STORM_SHARE = 0.8
#: Seconds after which the next fault comes all the same: nothing may be left to do.
PROGRESS_SECONDS = 4.0
#: Seconds that an outage lasts, from and to. With the time that a server takes to
#: start, that is less than is left of a claim when a receiver starts: what it did can
#: yet be recorded.
OUTAGE_SECONDS = (0.3, 1.0)

Action = Callable[[float], None]


@dataclass(frozen=True)
class Fault:
    """One fault: which, after how much progress, and for how many seconds."""

    name: str
    progress: int
    seconds: float


def plan(
    chance: random.Random, names: Sequence[str], *, count: int, messages: int
) -> list[Fault]:
    """Draw so many faults; of any two names, neither comes up much more often."""
    most = round(2 * STORM_SHARE * MESSAGE_BYTES * messages / count)
    rounds = -(-count // len(names))
    drawn = [name for _ in range(rounds) for name in chance.sample(names, len(names))]
    return [
        Fault(name, chance.randint(0, most), chance.uniform(*OUTAGE_SECONDS))
        for name in drawn[:count]
    ]


def storm(
    faults: Sequence[Fault],
    actions: Mapping[str, Action],
    *,
    progress: Callable[[], int],
) -> None:
    """Let the faults happen, one after the other; each action takes its time."""
    for fault in faults:
        wanted = progress() + fault.progress
        deadline = time.monotonic() + PROGRESS_SECONDS
        while progress() < wanted and time.monotonic() < deadline:
            time.sleep(0.01)
        actions[fault.name](fault.seconds)
