"""Documents cut out of a body before it is parsed, so that parsing stays cheap.

A body of 33 MB is mostly the base64 of its documents. Each one's text, unless it is
short, is replaced by a mark, which :class:`Cut` gives the text back for, as a view of
the body. A text with a quotation mark in it is no base64 and stays.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

JSON_OPENING = re.compile(rb'"PDFBytes"\s*:\s*"')
XML_OPENING = re.compile(rb"<(?:[\w.-]+:)?PDFBytes(?:\s[^<>]{0,999})?>")
SHORTEST = 1024
ESCAPE = re.compile(rb"\\")
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
    return _cut(body, _json_documents(body), _unescape)


def cut_xml(body: bytes) -> Cut:
    """Take the documents out of an XML body; UTF-16 and the like stay whole."""
    return _cut(body, _xml_documents(body), memoryview)


def _json_documents(body: bytes) -> Iterator[tuple[int, int]]:
    """Yield where each document's text starts and ends."""
    if b"PDFBytes" not in body:
        return
    for start, end in _texts(body, JSON_OPENING, b'"'):
        if body[end - 1 : end] != b"\\":
            yield start, end


def _xml_documents(body: bytes) -> Iterator[tuple[int, int]]:
    """Yield where each document's text starts and ends."""
    for start, end in _texts(body, XML_OPENING, b"<"):
        if body.startswith(b"</", end) and body.find(b"&", start, end) < 0:
            yield start, end


def _texts(
    body: bytes, opening: re.Pattern[bytes], closing: bytes
) -> Iterator[tuple[int, int]]:
    """Yield where each long text starts and ends that may be a document's.

    The ends are looked for byte by byte in C: for a regular expression, 33 MB are many.
    """
    place = 0
    while match := opening.search(body, place):
        place = match.end()
        end = body.find(closing, place)
        if end - place >= SHORTEST:
            yield place, end
            place = end


def _cut(
    body: bytes,
    places: Iterable[tuple[int, int]],
    read: Callable[[memoryview], memoryview],
) -> Cut:
    view = memoryview(body)
    places = list(places)
    rest = _replaced(body, places, lambda number, length: b"cut:%d" % number)
    return Cut(rest, tuple(read(view[start:end]) for start, end in places))


def fold(body: bytes, note: Callable[[int], bytes]) -> bytes:
    """Put a note, of so many bytes, in the place of each document's text."""
    for find in (_json_documents, _xml_documents):
        body = _replaced(body, list(find(body)), lambda number, length: note(length))
    return body


def _replaced(
    body: bytes,
    places: Sequence[tuple[int, int]],
    mark: Callable[[int, int], bytes],
) -> bytes:
    """Put marks in the places; each is made of its number and the text's length."""
    view = memoryview(body)
    rest: list[bytes | memoryview] = []
    done = 0
    for number, (start, end) in enumerate(places):
        rest += [view[done:start], mark(number, end - start)]
        done = end
    return b"".join([*rest, view[done:]]) if places else body


def _unescape(text: memoryview) -> memoryview:
    """Read a JSON string's escapes, if it has any; base64 needs none, some write it."""
    if ESCAPE.search(text) is None:
        return text
    try:
        plain = json.loads(b'"' + text + b'"', strict=False)
    except ValueError:
        return text
    return memoryview(str(plain).encode(errors="replace"))
