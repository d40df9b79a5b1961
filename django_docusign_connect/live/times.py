"""Times to the second, where what came first within a minute is the story."""

from __future__ import annotations

import re
from datetime import datetime

from django.utils.formats import date_format, get_format

#: The hour and the minute in a format of Django's, what stands between them kept.
MINUTE = re.compile(r"(?<!\\)([GHgh])(.?)(?<!\\)i")


def to_the_second(time: datetime, format_name: str = "DATETIME_FORMAT") -> str:
    """Return a local time in a format of the language, its seconds with it."""
    usual = re.sub(r"(?<!\\)P", "g:i a", get_format(format_name))
    return date_format(time, MINUTE.sub(r"\1\2i\2s", usual))
