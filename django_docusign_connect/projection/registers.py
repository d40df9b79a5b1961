"""Fields that end up the same in whatever order messages come.

Each field of a row is a register: a value with the *stamp* of the message it is from.
A value is taken only if its stamp is greater, so that the greatest one stays, and
merging is the same in any order and any number of times. A stamp is a list of
integers, compared from the left; equal stamps fall to the greater text of the value.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from typing import Any, NamedTuple, Protocol

Stamp = list[int]
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)

#: The lifecycle: of statuses generated at once, the later one stays.
LIFECYCLE = (
    "created",
    "correct",
    "sent",
    "resent",
    "faxpending",
    "autoresponded",
    "delivered",
    "signed",
    "deleted",
    "completed",
    "declined",
    "voided",
)
FINALITY = {"completed": 1, "declined": 2, "voided": 3}


class HasStamps(Protocol):
    """A row with registers."""

    stamps: dict[str, Stamp]


class Offer(NamedTuple):
    """A value that a message offers for a field."""

    field: str
    value: Any
    stamp: Stamp


class Origin:
    """When a message was generated, and the status that it shows.

    ``time`` is in microseconds since 1970, the least for a message without a time.
    """

    def __init__(self, generated_at: datetime | None, status: str = "") -> None:
        self.status = status
        self.time = microseconds(generated_at) if generated_at else -(2**62)
        self.rank = rank(status)

    def plain(self, field: str, value: Any) -> Offer:
        """Offer a value of which the newest stays."""
        return Offer(field, value, [self.time, self.rank])

    def date(self, field: str, value: datetime, *, is_exact: bool) -> Offer:
        """Offer a date of which the newest stays, at one time the exact one."""
        return Offer(field, value, [self.time, int(is_exact), self.rank])

    def date_once(self, field: str, value: datetime, *, is_exact: bool) -> Offer:
        """Offer the date of what happens once: exact and newest, else the earliest."""
        if is_exact:
            return Offer(field, value, [1, self.time, self.rank])
        return Offer(field, value, [0, -microseconds(value), 0])

    def statuses(
        self, changed_at: datetime | None, *, is_exact: bool
    ) -> Iterator[Offer]:
        """Offer the status and when it changed; a final one is never undone."""
        finality = FINALITY.get(self.status, 0)
        status = [finality, 0 if finality else self.time, self.rank]
        yield Offer("status", self.status, status)
        if changed_at:
            newest = self.time if is_exact else -self.time
            yield Offer(
                "status_changed_at", changed_at, [*status, int(is_exact), newest]
            )


def take(row: HasStamps, offers: Iterable[Offer]) -> dict[str, Any]:
    """Take the offers that are greater than what the row has; return the new values.

    The row's attributes are set; ``stamps`` is among the values if any was taken,
    be it of the value that the row had.
    """
    changes: dict[str, Any] = {}
    stamps = row.stamps
    for field, value, stamp in offers:
        known = stamps.get(field)
        if known == stamp:
            is_greater = _text(value) > _text(getattr(row, field))
        else:
            is_greater = known is None or stamp > known
        if not is_greater:
            continue
        stamps[field] = stamp
        changes["stamps"] = stamps
        if getattr(row, field) != value:
            setattr(row, field, value)
            changes[field] = value
    return changes


def merge(row: HasStamps, other: HasStamps) -> dict[str, Any]:
    """Take over what another row, of the same thing, knows better; as ``take``."""
    return take(row, offers_of(other))


def offers_of(row: HasStamps) -> list[Offer]:
    return [
        Offer(field, getattr(row, field), stamp) for field, stamp in row.stamps.items()
    ]


def rank(status: str) -> int:
    return LIFECYCLE.index(status) + 1 if status in LIFECYCLE else 0


def microseconds(moment: datetime) -> int:
    since = moment - EPOCH
    return (since.days * 86400 + since.seconds) * 10**6 + since.microseconds


def _text(value: Any) -> str:
    return json.dumps(value, default=str, sort_keys=True)
