"""The years, months and days by which a list is narrowed.

Django's own date hierarchy asks the database for the distinct days of all rows in a
time zone: it reads the whole table, and MySQL fails without time zone tables. Here
only the first and the last time are asked for, which an index knows, and every
period in between is offered.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime
from itertools import takewhile
from typing import Any

from django.contrib.admin.views.main import ChangeList
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext

UNITS = ("year", "month", "day")
#: The most years that are offered; the earlier ones can be given in the URL.
YEARS = 20

#: A year; a year and a month; or a year, a month and a day.
Period = tuple[int, ...]


class PeriodChangeList(ChangeList):
    """A list that offers periods of the time that is its ``date_hierarchy``."""

    def periods(self) -> dict[str, Any]:
        """Return what Django's template of a date hierarchy shows."""
        chosen = self._chosen()
        first, last = self._span()
        offered = chosen
        if not chosen and first and first[0] == last[0]:
            offered = first[:1]
        choices = list(_within(offered, first, last)) if first else []
        day = [{"title": _title(chosen)}] if len(chosen) == len(UNITS) else []
        return {
            "back": self._choice(chosen[:-1]) if chosen else None,
            "choices": [self._choice(period) for period in choices] or day,
        }

    def _chosen(self) -> Period:
        names = (f"{self.date_hierarchy}__{unit}" for unit in UNITS)
        values = [self.params.get(name, "") for name in names]
        return tuple(int(value) for value in takewhile(bool, values))

    def _span(self) -> tuple[Period, Period]:
        """Return the first and the last day of all rows; empty if there is none."""
        name = str(self.date_hierarchy)
        times = self.root_queryset.filter(**{f"{name}__isnull": False})
        # Not by Min and Max at once, for which SQLite reads the whole index.
        rising, falling = times.order_by(name), times.order_by(f"-{name}")
        first = rising.values_list(name, flat=True).first()
        last = falling.values_list(name, flat=True).first()
        return _day(first), _day(last)

    def _choice(self, period: Period) -> dict[str, str]:
        name = f"{self.date_hierarchy}__"
        values = {name + UNITS[place]: value for place, value in enumerate(period)}
        return {"link": self.get_query_string(values, [name]), "title": _title(period)}


def _within(period: Period, first: Period, last: Period) -> Iterator[Period]:
    """Yield the parts of a period, or the years, that are not before or after all."""
    if len(period) == len(UNITS):
        return
    numbers = (
        range(max(first[0], last[0] - YEARS + 1), last[0] + 1),
        range(1, 13),
        range(1, 1 + (monthrange(*period)[1] if len(period) == 2 else 0)),
    )[len(period)]
    for number in numbers:
        part = (*period, number)
        if first[: len(part)] <= part <= last[: len(part)]:
            yield part


def _day(time: datetime | None) -> Period:
    if time is None:
        return ()
    day = localtime(time)
    return day.year, day.month, day.day


def _title(period: Period) -> str:
    if not period:
        return gettext("All dates")
    if len(period) == 1:
        return str(period[0])
    day = date(*(*period, 1)[:3])
    month_format = "YEAR_MONTH_FORMAT" if len(period) == 2 else "MONTH_DAY_FORMAT"
    return date_format(day, month_format)
