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
#: Four thousand tabs of fifty fields, in whatever few bytes; 30 MB of memory at most.
FREE_VALUES = 225_000
BYTES_PER_VALUE = 17
WEIGHTS = {b",": 1, b"[": 2, b"{": 3, b"\xf0": 2}

#: Different names in one message. DocuSign's own schema has about a thousand.
MOST_NAMES = 10_000
#: Bytes in which so many different names cannot be written.
SHORTEST_NAMES = 5 * MOST_NAMES
JSON_NAME = re.compile(rb'"([^"]{0,999})"[\s\0]*:')

#: A text of so many bytes that is not ASCII takes up to four bytes a character, several
#: times at once; in ASCII it may be the file of an attachment.
LONG = 262_144
LONG_TEXT = re.compile(rb'"[^"]{%d,}' % LONG)

MOST_TAGS = 1_000_000
#: A field of a form is one attribute, in fifty bytes.
FREE_ATTRIBUTES = 20_000
BYTES_PER_ATTRIBUTE = 40
XML_ATTRIBUTE = re.compile(rb"=[\s\0]*[\"']")
MOST_LEVELS = 100
#: Records and their fields: a thousand recipients have less than half as many.
MOST_FIELDS = 50_000
LONG_TAG = re.compile(rb"<[^<>]{65536}")

#: Characters of one text, ten times as many as DocuSign's own longest has.
MOST_TEXT = 100_000

MOST_RECIPIENTS = 1_000
MOST_DOCUMENTS = 250
MOST_CUSTOM_FIELDS = 1_000
MOST_CUSTOM_TEXT = 100_000


def check_json(text: bytes) -> None:
    """Raise UnreadableMessage if the text would take too much time or memory."""
    if len(text) * max(WEIGHTS.values()) <= FREE_VALUES:
        return
    most = max(FREE_VALUES, min(MOST_VALUES, len(text) // BYTES_PER_VALUE))
    if sum(text.count(sign) * weight for sign, weight in WEIGHTS.items()) > most:
        raise UnreadableMessage("The JSON has more values than any message has.")
    if len(text) > SHORTEST_NAMES and _has_too_many_names(text):
        raise UnreadableMessage("The JSON has more names than any message has.")
    if len(text) > LONG and any(_is_wide(long[0]) for long in LONG_TEXT.finditer(text)):
        raise UnreadableMessage("The JSON has a longer text than any message has.")


def check_xml(text: bytes) -> None:
    """Raise UnreadableMessage if the text would take too much time or memory."""
    if text.count(b"<") > MOST_TAGS:
        raise UnreadableMessage("The XML has more elements than any message has.")
    most = max(FREE_ATTRIBUTES, len(text) // BYTES_PER_ATTRIBUTE)
    if any(islice(XML_ATTRIBUTE.finditer(text), most, None)):
        raise UnreadableMessage("The XML has more attributes than any message has.")
    if LONG_TAG.search(text):
        raise UnreadableMessage("The XML has a longer tag than any message has.")


def limited(items: Iterable[Item], most: int, what: str) -> tuple[Item, ...]:
    """Return the items; UnreadableMessage if there are more than ``most``."""
    found = tuple(islice(items, most + 1))
    if len(found) > most:
        raise UnreadableMessage(f"The envelope has more than {most} {what}.")
    return found


def limited_fields(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return custom fields; UnreadableMessage if there is too much of them."""
    found = dict(limited(fields, MOST_CUSTOM_FIELDS, "custom fields"))
    if sum(len(name) + len(value) for name, value in found.items()) > MOST_CUSTOM_TEXT:
        raise UnreadableMessage("The envelope's custom fields are too long.")
    return found


def _is_wide(text: bytes) -> bool:
    return not text.isascii() or b"\\u" in text


def _has_too_many_names(text: bytes) -> bool:
    names: set[bytes] = set()
    for name in JSON_NAME.finditer(text):
        names.add(name[1])
        if len(names) > MOST_NAMES:
            return True
    return False
