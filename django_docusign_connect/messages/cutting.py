"""Documents cut out of a body before it is parsed, so that parsing stays cheap.

A body of 33 MB is mostly the base64 of its documents. Each one's text, unless it is
short, is replaced by a mark, which :class:`Cut` gives the text back for, as a view of
the body. A text with a quotation mark in it is no base64 and stays.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass

# The end is looked for in a group, lest a document without one be gone through again.
JSON_DOCUMENT = re.compile(
    rb'("PDFBytes"\s*:\s*")([^"]{1024,})(?=((?<!\\)")?)', re.DOTALL
)
ESCAPE = re.compile(rb"\\")
XML_DOCUMENT = re.compile(
    rb"(<(?:[\w.-]+:)?PDFBytes(?:\s[^<>]{0,999})?>)([^<&]{1024,})(?=(</)?)"
)
MARK = re.compile(r"cut:(\d{1,9})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cut:
    """What is left of a body, and the documents that were cut out of it."""

    rest: bytes
    documents: tuple[memoryview, ...]

    def document(self, text: str) -> memoryview:
        """Return what stood where the text now stands; the text, if nothing was cut."""
        mark = MARK.fullmatch(text)
        if mark and int(mark[1]) < len(self.documents):
            return self.documents[int(mark[1])]
        return memoryview(text.encode(errors="replace"))

    def digests(self) -> list[str]:
        return [hashlib.sha256(document).hexdigest() for document in self.documents]


def cut_json(body: bytes) -> Cut:
    """Take the documents out of a JSON body; UTF-16 and the like stay whole."""
    return _cut(body, JSON_DOCUMENT, _unescape)


def cut_xml(body: bytes) -> Cut:
    """Take the documents out of an XML body; UTF-16 and the like stay whole."""
    return _cut(body, XML_DOCUMENT, memoryview)


def _cut(
    body: bytes, pattern: re.Pattern[bytes], read: Callable[[memoryview], memoryview]
) -> Cut:
    view = memoryview(body)
    documents: list[memoryview] = []

    def mark(match: re.Match[bytes]) -> bytes:
        if match[3] is None:
            return match[0]
        documents.append(read(view[match.start(2) : match.end(2)]))
        return match[1] + b"cut:%d" % (len(documents) - 1)

    return Cut(rest=pattern.sub(mark, body), documents=tuple(documents))


def _unescape(text: memoryview) -> memoryview:
    """Read a JSON string's escapes, if it has any; base64 needs none, some write it."""
    if ESCAPE.search(text) is None:
        return text
    try:
        plain = json.loads(b'"' + text + b'"', strict=False)
    except ValueError:
        return text
    return memoryview(str(plain).encode(errors="replace"))
