"""The query parameters of a request, read and checked.

What is wrong with one is answered with 400 and says which it is. Blank ones count as
not given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from typing import TypeVar
from uuid import UUID

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from django_docusign_connect.messages.text import as_uuid

Value = TypeVar("Value")

#: Characters that the values of one parameter may have; SQLite searches no longer text.
MAX_LENGTH = 1000


def read(
    request: Request, name: str, reader: Callable[[Sequence[str]], Value]
) -> Value | None:
    """Return what a parameter says, None if it is not given.

    ``reader`` takes its texts, one or more, and raises ValueError with what is wrong.
    """
    texts = [text for text in request.query_params.getlist(name) if text.strip()]
    try:
        _check(texts)
        return reader(texts) if texts else None
    except ValueError as error:
        raise ValidationError({name: [str(error)]}) from error


def _check(texts: Sequence[str]) -> None:
    if any("\0" in text for text in texts):
        raise ValueError(_("Null characters are not allowed."))
    if sum(map(len, texts)) > MAX_LENGTH:
        raise ValueError(_("At most %d characters are allowed.") % MAX_LENGTH)


def as_text(texts: Sequence[str]) -> str:
    return texts[-1].strip()


def as_words(texts: Sequence[str]) -> list[str]:
    """Return words that come comma-separated, in several parameters, or both."""
    words = (word.strip() for text in texts for word in text.split(","))
    return sorted({word for word in words if word})


def as_pairs(texts: Sequence[str]) -> list[tuple[str, str]]:
    """Return each ``name:value``; the name ends at the first colon."""
    pairs = [(name, value) for name, _colon, value in map(_split, texts)]
    if not all(name for name, _value in pairs):
        raise ValueError(_("Write it as name:value."))
    return pairs


def _split(text: str) -> tuple[str, str, str]:
    name, colon, value = text.partition(":")
    return (name, colon, value) if colon else ("", "", "")


def as_time(texts: Sequence[str]) -> datetime:
    """Return an ISO 8601 time, in UTC; one without a zone is taken to be in UTC."""
    try:
        time = parse_datetime(texts[-1].strip())
        if time is not None:
            zone = time.tzinfo or timezone.utc
            return time.replace(tzinfo=zone).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        pass
    raise ValueError(
        _("Write an ISO 8601 time such as 2026-01-31T12:00:00Z; a + is sent as %2B.")
    )


def as_envelope_id(texts: Sequence[str]) -> UUID:
    envelope_id = as_uuid(texts[-1])
    if envelope_id is None:
        raise ValueError(_("This is no envelope ID."))
    return envelope_id


def as_count(texts: Sequence[str]) -> int:
    """Return a whole number from 1 upwards."""
    text = texts[-1].strip()
    number = int(text) if text.isascii() and text.isdecimal() else 0
    if number < 1:
        raise ValueError(_("Write a whole number from 1 upwards."))
    return number


def one_of(choices: Sequence[str]) -> Callable[[Sequence[str]], str]:
    """Return a reader of one of these texts."""

    def as_choice(texts: Sequence[str]) -> str:
        if texts[-1] not in choices:
            raise ValueError(_("Choose one of %s.") % ", ".join(choices))
        return texts[-1]

    return as_choice
