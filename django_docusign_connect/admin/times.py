"""Times in lists, short enough for several of them in a row; and with their UTC."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.timezone import localtime
from django.utils.timezone import now as timezone_now
from django.utils.translation import gettext

from django_docusign_connect.live.times import to_the_second

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


def short_time(label: StrPromise, name: str) -> Callable[[Any, Any], str]:
    """Return a list's column for a time, in the viewer's zone and short format."""

    @admin.display(description=label, ordering=name)
    def column(model_admin: Any, row: Any) -> str:
        time: datetime | None = getattr(row, name)
        return date_format(localtime(time), "SHORT_DATETIME_FORMAT") if time else ""

    return column


def exact_time(label: StrPromise, name: str) -> Callable[[Any, Any], str]:
    """Return a list's column for a time to the second, else like ``short_time``."""

    @admin.display(description=label, ordering=name)
    def column(model_admin: Any, row: Any) -> str:
        time: datetime | None = getattr(row, name)
        short = "SHORT_DATETIME_FORMAT"
        return to_the_second(localtime(time), short) if time else ""

    return column


def whole_time(label: StrPromise, name: str) -> Callable[[Any, Any], str]:
    """Return what a page shows of a time: to the second, and in UTC, too."""

    @admin.display(description=label)
    def shown(model_admin: Any, row: Any) -> str:
        time: datetime | None = getattr(row, name)
        return time_element(time) if time else ""

    return shown


def time_element(time: datetime) -> SafeString:
    """Return a time in the viewer's zone and language, which names it in UTC, too."""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        time.isoformat(),
        in_utc(time),
        to_the_second(localtime(time)),
    )


def ago(time: datetime) -> str:
    """Return how long ago a time was, in its two largest units."""
    now = timezone_now()
    if now - time < timedelta(minutes=1):
        return gettext("just now")
    return gettext("%(time)s ago") % {"time": timesince(time, now)}


def in_utc(time: datetime) -> str:
    """Return a time in UTC to the second, the same in every language."""
    return f"{time.astimezone(timezone.utc):%Y-%m-%d %H:%M:%S} UTC"
