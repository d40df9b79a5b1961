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

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from django_docusign_connect.admin.filters import kept_fields
from django_docusign_connect.admin.parameters import (
    YEARS,
    as_moment,
    as_number,
    read_moments,
)

UNITS = ("year", "month", "day")
#: The most years that are offered; the earlier ones can be given in the URL.
OFFERED_YEARS = 20

#: A year; a year and a month; or a year, a month and a day.
Period = tuple[int, ...]


class PeriodFilter(admin.ListFilter):
    """Narrows to any period of the list's ``date_hierarchy``, from a day to another.

    Its parameters take times, too, by which other pages link to a list.
    """

    title = _("period")
    template = "admin/docusign_connect/filter.html"

    def __init__(
        self,
        request: HttpRequest,
        params: dict[str, Any],
        model: type[Any],
        model_admin: Any,
    ) -> None:
        super().__init__(request, params, model, model_admin)
        time = model_admin.date_hierarchy
        self.start, self.end = f"{time}__gte", f"{time}__lt"
        given = {name: params.pop(name, [""])[-1] for name in (self.start, self.end)}
        self.moments = {name: as_moment(text) for name, text in given.items() if text}
        self.used_parameters.update(self.moments)

    def has_output(self) -> bool:
        return True

    def expected_parameters(self) -> list[str | None]:
        return [self.start, self.end]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Any]
    ) -> QuerySet[Any] | None:
        return queryset.filter(**self.moments)

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        prefix = f"{changelist.date_hierarchy}__"
        if self.moments:
            rest = changelist.get_query_string(remove=[prefix])
            yield {"selected": False, "query_string": rest, "display": _("All")}
        labels = {self.start: _("From the start of:"), self.end: _("Until before:")}
        hierarchy = [f"{prefix}{unit}" for unit in UNITS]
        yield {
            "inputs": [
                {"name": name, "label": label, "type": "date", "value": self._day(name)}
                for name, label in labels.items()
            ],
            "kept": kept_fields(changelist, *labels, *hierarchy),
        }

    def _day(self, name: str) -> str:
        moment = self.moments.get(name)
        return localtime(moment).date().isoformat() if moment else ""


class PeriodChangeList(ChangeList):
    """A list that offers periods of the time that is its ``date_hierarchy``."""

    #: The times between which the rows are, if there are such bounds.
    start: datetime | None = None
    end: datetime | None = None

    def get_filters(self, request: HttpRequest) -> Any:
        """Read the URL's filters; IncorrectLookupParameters of a time that is none."""
        self._check_period()
        found: Any = super().get_filters(request)
        read_moments(found[2])
        self._keep_bounds(found[0], found[2])
        return found

    def _keep_bounds(self, filters: list[Any], lookups: dict[str, list[Any]]) -> None:
        time = self.date_hierarchy
        moments = [one.moments for one in filters if isinstance(one, PeriodFilter)]
        moments.append({name: values[-1] for name, values in lookups.items()})
        starts = [one.get(f"{time}__gte") for one in moments]
        ends = [one.get(f"{time}__lt") for one in moments]
        self.start = max(filter(None, starts), default=None)
        self.end = min(filter(None, ends), default=None)

    def _check_period(self) -> None:
        given = [self._given(unit) for unit in UNITS]
        period = tuple(map(as_number, takewhile(bool, given)))
        if len(period) < sum(map(bool, given)):
            raise IncorrectLookupParameters("a part of no period")
        try:
            if period and _first_day(period).year not in YEARS:
                raise ValueError("no year that has a year before and after")
        except ValueError as error:
            raise IncorrectLookupParameters(error) from error

    def _given(self, unit: str) -> str:
        return str(self.params.get(f"{self.date_hierarchy}__{unit}", ""))

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
        return tuple(int(text) for text in takewhile(bool, map(self._given, UNITS)))

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
        range(max(first[0], last[0] - OFFERED_YEARS + 1), last[0] + 1),
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
    month_format = "YEAR_MONTH_FORMAT" if len(period) == 2 else "MONTH_DAY_FORMAT"
    return date_format(_first_day(period), month_format)


def _first_day(period: Period) -> date:
    """Return the day that a period begins with; ValueError if there is none."""
    year, month, day = (*period, 1, 1)[: len(UNITS)]
    return date(year, month, day)
