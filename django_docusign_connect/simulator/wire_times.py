"""How Connect writes times: with ``Z`` in JSON, local and without a zone in XML."""

from __future__ import annotations

from datetime import datetime, timedelta

#: XML always names its zone by the standard time, whatever the offset.
TIME_ZONE = "Pacific Standard Time"


def to_seven_digits(at: datetime) -> str:
    """Write ``generatedDateTime``, which always has seven digits of fraction."""
    return f"{at:%Y-%m-%dT%H:%M:%S.%f}0Z"


def to_milliseconds(at: datetime) -> str:
    """Write a date of the summary: one to three digits, final zeros dropped."""
    return _drop_zeros(f"{at:%Y-%m-%dT%H:%M:%S.%f}"[:-3]) + "Z"


def write_known(**dates: datetime | None) -> dict[str, str]:
    """Write the dates of the summary that are known, and leave out the others."""
    return {name: to_milliseconds(at) for name, at in dates.items() if at is not None}


def to_local(at: datetime, *, offset: int) -> str:
    """Write a date of the XML, local by an offset in hours, final zeros dropped."""
    return _drop_zeros(f"{at + timedelta(hours=offset):%Y-%m-%dT%H:%M:%S.%f}")


def offset_at(at: datetime) -> int:
    """Return the Pacific offset in hours: summer time from April to October.

    The real change is some days off; a message always says which offset it uses.
    """
    return -7 if 4 <= at.month <= 10 else -8


def _drop_zeros(text: str) -> str:
    return text.rstrip("0").rstrip(".")
