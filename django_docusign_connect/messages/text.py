"""Texts as a message has them, made safe to keep."""

from __future__ import annotations

import re
from uuid import UUID

from django_docusign_connect.messages.limits import MOST_TEXT

HALF_PAIR = re.compile("[\ud800-\udfff]")


def clean(value: object) -> str:
    """Return a scalar as text; empty for null, lists and objects.

    Text stays as sent, but for what no database holds: NUL is left out, and half of
    a surrogate pair becomes U+FFFD. Of a text that is far longer than DocuSign lets
    one be, the start stays.
    """
    if isinstance(value, str):
        return storable(value[:MOST_TEXT])
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, (int, float)) else ""


def storable(text: str) -> str:
    """Return a text without what no database holds, and no page can show."""
    if "\0" in text:
        text = text.replace("\0", "")
    if text.isascii():
        return text
    return HALF_PAIR.sub("\N{REPLACEMENT CHARACTER}", text)


def as_uuid(value: object) -> UUID | None:
    """Return the GUID that a text writes, None if it writes none."""
    text = clean(value).strip()
    try:
        return UUID(text) if len(text) in {32, 36, 38} else None
    except ValueError:
        return None


def as_number(value: object) -> int | None:
    """Return a whole number from 0 to 2**31 - 1, None for all else."""
    text = clean(value).strip()
    if not (text.isascii() and text.isdecimal() and len(text) <= 10):
        return None
    number = int(text)
    return number if number < 2**31 else None
