"""Bounds that no message of Connect comes near, and that keep a hostile one cheap.

Python needs thirty times the size of a dense JSON or XML text to hold it, and a row
in the database costs a thousand times what it takes to ask for one. What is over a
bound is unreadable: kept, and never taken apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from typing import TypeVar

from django_docusign_connect.exceptions import UnreadableMessage

Item = TypeVar("Item")

#: Values of a JSON text; containers count for more, as they take more memory.
MOST_VALUES = 1_000_000
FREE_VALUES = 100_000
BYTES_PER_VALUE = 16
WEIGHTS = {b",": 1, b"[": 2, b"{": 3, b"\xf0": 2}

#: Different names in one message. DocuSign's own schema has about a thousand.
MOST_NAMES = 10_000
SEARCHED_BYTES = 64 * 1024
JSON_NAME = re.compile(rb'"([^"]*)"[\s\0]*:')

MOST_TAGS = 1_000_000
FREE_ATTRIBUTES = 1_000
BYTES_PER_ATTRIBUTE = 64
XML_ATTRIBUTE = re.compile(rb"=[\s\0]*[\"']")
MOST_LEVELS = 100

MOST_RECIPIENTS = 1_000
MOST_CUSTOM_FIELDS = 1_000
MOST_DOCUMENTS = 500


def check_json(text: bytes) -> None:
    """Raise UnreadableMessage if the text would take too much time or memory."""
    most = max(FREE_VALUES, min(MOST_VALUES, len(text) // BYTES_PER_VALUE))
    if sum(text.count(sign) * weight for sign, weight in WEIGHTS.items()) > most:
        raise UnreadableMessage("The JSON has more values than any message has.")
    if len(text) > SEARCHED_BYTES and _has_too_many_names(text):
        raise UnreadableMessage("The JSON has more names than any message has.")


def check_xml(text: bytes) -> None:
    """Raise UnreadableMessage if the text would take too much time or memory."""
    if text.count(b"<") > MOST_TAGS:
        raise UnreadableMessage("The XML has more elements than any message has.")
    most = max(FREE_ATTRIBUTES, len(text) // BYTES_PER_ATTRIBUTE)
    if any(islice(XML_ATTRIBUTE.finditer(text), most, None)):
        raise UnreadableMessage("The XML has more attributes than any message has.")


def limited(items: Iterable[Item], most: int, what: str) -> tuple[Item, ...]:
    """Return the items; UnreadableMessage if there are more than ``most``."""
    found = tuple(islice(items, most + 1))
    if len(found) > most:
        raise UnreadableMessage(f"The envelope has more than {most} {what}.")
    return found


def _has_too_many_names(text: bytes) -> bool:
    names: set[bytes] = set()
    for name in JSON_NAME.finditer(text):
        names.add(name[1])
        if len(names) > MOST_NAMES:
            return True
    return False
