"""Times in lists, short enough for several of them in a row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.utils.formats import date_format
from django.utils.timezone import localtime

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


def short_time(label: StrPromise, name: str) -> Callable[[Any, Any], str]:
    """Return a list's column for a time, in the viewer's zone and short format."""

    @admin.display(description=label, ordering=name)
    def column(model_admin: Any, row: Any) -> str:
        time: datetime | None = getattr(row, name)
        return date_format(localtime(time), "SHORT_DATETIME_FORMAT") if time else ""

    return column
