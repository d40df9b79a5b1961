"""Rows as CSV for a spreadsheet, in which a text stays one, whatever it begins with.

A cell that begins with one of RISKY is a formula to a spreadsheet, and a sender could
write one that fetches a page or runs a program. An apostrophe before it makes it a
text: https://owasp.org/www-community/attacks/CSV_Injection
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.utils.formats import get_format
from django.utils.timezone import localtime
from django.utils.translation import gettext

RISKY = frozenset(
    "=+-@\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}"
    "\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}"
)
CONTROLS = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)])
#: By which Excel knows UTF-8.
BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}".encode()
#: What separates cells; Excel takes the first of these or the other by its language.
SEPARATORS = {"comma": ",", "semicolon": ";"}


def usual_separator() -> str:
    """Return the name of what spreadsheets of the user's language separate cells by."""
    return "semicolon" if get_format("DECIMAL_SEPARATOR") == "," else "comma"


def write_lines(rows: Iterable[Sequence[object]], *, separator: str) -> bytes:
    """Return rows as lines, each cell quoted; no cell has a line's end in it."""
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, delimiter=SEPARATORS[separator], quoting=csv.QUOTE_ALL)
    writer.writerows([as_cell(value) for value in row] for row in rows)
    return lines.getvalue().encode()


def as_cell(value: object) -> str:
    """Return a value as a cell shows it; a time in the viewer's zone, to the second."""
    if isinstance(value, str):
        return as_text(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, datetime):
        return f"{localtime(value):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, Mapping):
        value = "; ".join(f"{name}: {one}" for name, one in value.items())
    return as_text(str(value))


def as_text(text: str) -> str:
    """Return a text in one line, and none that a spreadsheet takes for a formula."""
    line = " ".join(text.split())
    if line.isprintable():
        return f"'{line}" if line[:1] in RISKY else line
    line = line.translate(CONTROLS)
    first = next(filter(str.isprintable, line), "")
    return f"'{line}" if first in RISKY else line
