"""What a list's URL may ask for: what an index answers, and times that there are."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import is_naive, make_aware

#: Years with a year before and after, so that no time zone leads out of the calendar.
YEARS = range(2, 9999)
#: Characters that a text may have; SQLite searches for no longer ones.
MOST_TEXT = 1000


class WrongParameter(IncorrectLookupParameters):
    """A list cannot be asked for what one parameter of its URL says."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def is_answered(model: type[models.Model], lookup: str) -> bool:
    """Whether an index of a table answers a lookup.

    Others would read the table through, and a regular expression may be one that a
    database does not take. Of a field that there is none of, Django says so.
    """
    name, _, kind = lookup.partition("__")
    if name == "pk" and model._meta.pk:
        name = model._meta.pk.name
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return True
    if field.is_relation or name not in _indexed(model):
        return False
    if isinstance(field, models.DateTimeField):
        return kind in {"gte", "lt"}
    is_text = isinstance(field, (models.CharField, models.UUIDField))
    return kind in {"", "exact"} or (kind == "in" and is_text)


def _indexed(model: type[models.Model]) -> set[str]:
    """Return the names of the fields that an index begins with."""
    unique = {field.name for field in model._meta.fields if field.unique}
    return unique | {index.fields[0] for index in model._meta.indexes if index.fields}


def as_moment(text: str) -> datetime:
    """Return an ISO 8601 time, or the start of a day; without a zone, in the viewer's.

    Raises IncorrectLookupParameters if it is neither, or far from any calendar's.
    """
    try:
        moment = parse_datetime(text.strip()) or _start_of(parse_date(text.strip()))
    except ValueError as error:
        raise IncorrectLookupParameters(error) from error
    if moment is None or moment.year not in YEARS:
        raise IncorrectLookupParameters("no time")
    return make_aware(moment) if is_naive(moment) else moment


def _start_of(day: date | None) -> datetime | None:
    return datetime(day.year, day.month, day.day) if day else None


def as_number(text: str) -> int:
    """Return a number of up to four digits; IncorrectLookupParameters if it is none."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 4):
        raise IncorrectLookupParameters("no number")
    return int(text)


def read_moments(lookups: dict[str, list[Any]]) -> None:
    """Read the texts of those lookups that are about a time before or after another."""
    for name, values in lookups.items():
        if name.endswith(("__gte", "__lt")):
            lookups[name] = [
                as_moment(value) if isinstance(value, str) else value
                for value in values
            ]
