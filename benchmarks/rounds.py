"""Measure several sides in turns: A B, B A, A B, and so on; medians are compared."""

from __future__ import annotations

import gc
import os
import statistics
from collections.abc import Callable, Iterable
from typing import Any

from benchmarks.cpu import cpu_seconds

#: How many times each side is measured; the first few are not counted.
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "21"))
WARM_UP = 2

#: Given the number of a round, does its work, and returns the seconds for one message.
Side = Callable[[int], float]


def in_turns(*sides: Side, start: int = 0, rounds: int = ROUNDS) -> list[float]:
    """Return the median of each side, in microseconds; rounds count from ``start``."""
    times: list[list[float]] = [[] for _ in sides]
    for index in range(start, start + WARM_UP + rounds):
        turns = list(zip(times, sides, strict=True))
        for of_side, side in turns if index % 2 else reversed(turns):
            of_side.append(side(index))
    return [statistics.median(one[WARM_UP:]) * 1e6 for one in times]


def cpu_of(work: Callable[[Any], object], items: Iterable[Any]) -> float:
    """Do the work for each item, and return the CPU seconds for one."""
    prepared = list(items)
    gc.collect()
    begun = cpu_seconds()
    for item in prepared:
        work(item)
    return (cpu_seconds() - begun) / len(prepared)


def compared(
    ours: float,
    other: float,
    *,
    against: str,
    must: float | None = None,
    aim: float | None = None,
) -> dict[str, Any]:
    """Return the columns that compare two medians, in microseconds."""
    return {
        "ours µs": ours,
        "against": against,
        "its µs": other,
        "ratio": ours / other,
        "must": must,
        "aim": aim,
    }
