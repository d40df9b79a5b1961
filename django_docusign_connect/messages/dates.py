"""The forms of date and time that Connect writes, made aware UTC."""

from __future__ import annotations

import re
from datetime import MAXYEAR, MINYEAR, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

PACIFIC = ZoneInfo("America/Los_Angeles")
LONGEST_OFFSET_HOURS = 14
#: Characters of the longest text that is remembered. A message says one date of many
#: things, and its retries and the next ones say it again.
LONGEST_KNOWN = 40
UNREAL_YEARS = (MINYEAR, MAXYEAR)
FORM = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)[T ](?P<time>\d\d:\d\d(?::\d\d)?)"
    r"(?:[.,](?P<fraction>\d{1,20}))?\s*(?P<zone>Z|[+-]\d\d:?\d\d)?",
    re.ASCII | re.IGNORECASE,
)


def parse_datetime(text: str, *, zone: tzinfo = timezone.utc) -> datetime | None:
    """Return the time in UTC; None if there is none, or if it is of no real year.

    The years 1 and 9999 are those of .NET's least and greatest time, which mean none;
    time zones would lead out of the calendar from there.

    ``zone`` is for texts without one. Connect writes up to seven digits of a
    second, of which Python keeps six.
    """
    if not text:
        return None
    return (_known if len(text) <= LONGEST_KNOWN else _parse)(text, zone)


def _parse(text: str, zone: tzinfo) -> datetime | None:
    match = FORM.fullmatch(text.strip())
    if match is None:
        return None
    fraction = (match["fraction"] or "")[:6].ljust(6, "0")
    seconds = match["time"] if match["time"].count(":") == 2 else f"{match['time']}:00"
    try:
        naive = datetime.fromisoformat(f"{match['date']}T{seconds}.{fraction}")
        if naive.year in UNREAL_YEARS:
            return None
        aware = naive.replace(tzinfo=_written_zone(match["zone"]) or zone)
        return aware.astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


_known = lru_cache(maxsize=4096)(_parse)


def offset_zone(hours: str) -> tzinfo:
    """Return the zone of a ``TimeZoneOffset``, US Pacific where there is none.

    The number already counts daylight saving time; the zone's name beside it
    does not, and always says "Standard Time".
    """
    try:
        offset = float(hours)
    except ValueError:
        return PACIFIC
    if not abs(offset) <= LONGEST_OFFSET_HOURS:
        return PACIFIC
    return timezone(timedelta(hours=offset))


def _written_zone(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    if text in "Zz":
        return timezone.utc
    sign = -1 if text[0] == "-" else 1
    hours, minutes = int(text[1:3]), int(text[-2:])
    return timezone(sign * timedelta(hours=hours, minutes=minutes))
