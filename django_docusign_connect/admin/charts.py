"""Pictures as plain shapes, which the templates draw as SVG.

Their coordinates are whole numbers as texts: no language writes them otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

#: How wide a bar and how high a column can be.
SIZE = 1000
STEP, WIDTH = 20, 16


@dataclass(frozen=True, kw_only=True)
class Part:
    """A piece of a column, from its upper end."""

    tone: str
    y: str
    height: str


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of pieces, and what it shows in words."""

    x: str
    words: str
    parts: Sequence[Part]


def bar(part: int, whole: int) -> str:
    """Return how long a bar is; what is there can be seen."""
    return str(max(round(SIZE * part / whole), 4) if part and whole else 0)


def stack(
    numbers: Mapping[str, int], *, place: int, highest: int, words: str
) -> Column:
    """Return a column of numbers by tone, the first one at the bottom."""
    parts, bottom = [], float(SIZE)
    for tone, number in numbers.items():
        if number:
            height = max(SIZE * number / highest, 8)
            bottom -= height
            parts.append(
                Part(tone=tone, y=str(round(bottom)), height=str(round(height)))
            )
    x = str(place * STEP + (STEP - WIDTH) // 2)
    return Column(x=x, words=words, parts=parts)
