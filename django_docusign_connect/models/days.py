"""Days of the project's time zone, as the times between which they are."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from datetime import timezone as dt_timezone
from typing import NamedTuple

from django.utils import timezone

#: How long after its end a day is counted: a message may be stored late.
MARGIN = timedelta(minutes=10)


class Day(NamedTuple):
    """A day of the project's time zone, from when it begins until it ends, in UTC."""

    start: datetime
    end: datetime

    @classmethod
    def of(cls, day: date) -> Day:
        return cls(_midnight(day), _midnight(day + timedelta(days=1)))

    @classmethod
    def that_has(cls, moment: datetime) -> Day:
        zone = timezone.get_default_timezone()
        return cls.of(timezone.localdate(moment, timezone=zone))

    @property
    def is_over(self) -> bool:
        """Whether no more messages of this day will come."""
        return timezone.now() >= self.end + MARGIN


def last_days(number: int) -> list[Day]:
    """Return so many days, the last of which is today."""
    today = timezone.localdate(timezone=timezone.get_default_timezone())
    return [Day.of(today - timedelta(days=ago)) for ago in reversed(range(number))]


def _midnight(day: date) -> datetime:
    zone = timezone.get_default_timezone()
    start = datetime(day.year, day.month, day.day, tzinfo=zone)
    return start.astimezone(dt_timezone.utc)
