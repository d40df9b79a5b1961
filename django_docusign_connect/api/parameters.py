"""The query parameters of a request, read and checked.

What is wrong with one is answered with 400 and says which it is. Blank ones count as
not given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

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
