"""The table that a series of runs prints, row by row."""

from __future__ import annotations

from tests.chaos.auditor import Verdict

COLUMNS = (
    ("seed", 5),
    ("database", 11),
    ("processor", 10),
    ("sent", 5),
    ("acknowledged", 13),
    ("stored", 7),
    ("applied", 8),
    ("announced", 10),
    ("lost", 5),
    ("announced twice", 16),
    ("excused", 8),
    ("kills", 6),
    ("outages", 8),
)


def heading() -> str:
    return line(*(name for name, _ in COLUMNS))


def line(*cells: object) -> str:
    """Align cells under the heading's."""
    return " ".join(
        f"{cell!s:>{width}}" for cell, (_, width) in zip(cells, COLUMNS, strict=True)
    )


def cells(verdict: Verdict) -> tuple[int, ...]:
    """Return what a verdict has for the columns from ``sent`` to ``excused``."""
    return (
        verdict.sent,
        verdict.acknowledged,
        verdict.stored,
        verdict.applied,
        verdict.announced,
        verdict.lost,
        verdict.announced_twice,
        verdict.excused,
    )
