"""Rows in order of a time, taken from where the last page ended.

Nothing is counted or skipped: each part of a page is a range of an index, on every
database, and rows that come or go between two pages shift no other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet


class Position(NamedTuple):
    """Where a row stands: its time, None if it has none, and its key."""

    at: datetime | None
    pk: int


@dataclass(frozen=True)
class TimeOrder:
    """An order by a time that rows may lack; those come last, whatever the direction.

    Rows of the same time, and those without one, are in order of their keys.
    """

    field: str
    is_descending: bool = False

    @classmethod
    def of(cls, ordering: str) -> TimeOrder:
        """Return the order that Django writes as ``field`` or ``-field``."""
        return cls(ordering.removeprefix("-"), ordering.startswith("-"))

    def position(self, row: Any) -> Position:
        return Position(getattr(row, self.field), row.pk)

    def take(
        self,
        rows: QuerySet[Any],
        *,
        limit: int,
        start: Position | None = None,
        backwards: bool = False,
    ) -> list[Any]:
        """Return up to ``limit`` rows beyond a start, nearest first."""
        taken: list[Any] = []
        for part in self._parts(rows, start, backwards=backwards):
            taken += part[: limit - len(taken)]
        return taken

    def _parts(
        self, rows: QuerySet[Any], start: Position | None, *, backwards: bool
    ) -> list[QuerySet[Any]]:
        """Return the rows beyond the start: with a time, then without, or reversed."""
        is_rising = self.is_descending == backwards
        sign = "" if is_rising else "-"
        dated = rows.filter(**{f"{self.field}__isnull": False})
        undated = rows.filter(**{f"{self.field}__isnull": True})
        if not rows.model._meta.get_field(self.field).null:
            undated = rows.none()
        parts = [
            dated.order_by(f"{sign}{self.field}", f"{sign}pk"),
            undated.order_by(f"{sign}pk"),
        ]
        if start is not None:
            here = 1 if start.at is None else 0
            parts[here] = parts[here].filter(self._beyond(start, is_rising=is_rising))
            parts = parts[: here + 1] if backwards else parts[here:]
        return parts[::-1] if backwards else parts

    def _beyond(self, start: Position, *, is_rising: bool) -> Q:
        side = "gt" if is_rising else "lt"
        further = Q(**{f"pk__{side}": start.pk})
        if start.at is None:
            return further
        # The first of these is implied by the rest; it is what an index can use.
        return Q(**{f"{self.field}__{side}e": start.at}) & (
            Q(**{f"{self.field}__{side}": start.at}) | further
        )
