"""The numbers of envelopes of a period, and how long they took to be signed."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

#: Times to sign are counted in classes, each so many times as long as the one before.
CLASS_RATIO = 1.02


class Kind(NamedTuple):
    """How many envelopes are alike."""

    status: str
    is_new: bool
    is_opened: bool
    signing_class: int | None
    number: int


class EnvelopeFigures:
    """The numbers of envelopes of a period: by status, and how far new ones came."""

    def __init__(self, kinds: Sequence[Kind]) -> None:
        self.by_status: Counter[str] = Counter()
        self.stages: Counter[str] = Counter()
        self._times: Counter[int] = Counter()
        for kind in kinds:
            self.by_status[kind.status] += kind.number
            if kind.is_new:
                self._add_new(kind)

    def _add_new(self, kind: Kind) -> None:
        self.stages["sent"] += kind.number
        self.stages["opened"] += kind.number * kind.is_opened
        self.stages["completed"] += kind.number * (kind.status == "completed")
        if kind.signing_class is not None:
            self._times[kind.signing_class] += kind.number

    def seconds_to_sign(self, share: float) -> float | None:
        """Return within what time a share of the new completed ones was signed.

        It is at most 1 % off; None if none was completed.
        """
        wanted, found = share * self._times.total(), 0
        for signing_class, number in sorted(self._times.items()):
            found += number
            if found >= wanted:
                return float(CLASS_RATIO ** (signing_class + 0.5))
        return None


def signing_class(seconds: float) -> int:
    """Return the class of a time to sign; all in it are within 1 % of its middle."""
    return int(math.log(max(seconds, 1.0)) / math.log(CLASS_RATIO))
