"""Documents cut out of a body before it is parsed, so that parsing stays cheap.

A body of 33 MB is mostly the base64 of its documents. Each one's text is replaced
by its number, which :class:`Cut` gives the text back for, as a view of the body.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

JSON_DOCUMENT = re.compile(
    rb'("PDFBytes"\s*:\s*")([^"\\]*(?:\\.[^"\\]*)*)(?=")', re.DOTALL
)
XML_DOCUMENT = re.compile(rb"(<(?:[\w.-]+:)?PDFBytes(?:\s[^<>]*)?>)([^<&]*)(?=</)")


@dataclass(frozen=True, slots=True)
class Cut:
    """What is left of a body, and the documents that were cut out of it."""

    rest: bytes
    documents: tuple[memoryview, ...]

    def document(self, text: str) -> memoryview:
        """Return what stood where the text now stands; the text, if nothing was cut."""
        if text.isdecimal() and int(text) < len(self.documents):
            return self.documents[int(text)]
        return memoryview(text.encode(errors="replace"))

    def digests(self) -> list[str]:
        return [hashlib.sha256(document).hexdigest() for document in self.documents]


def cut_documents(body: bytes, pattern: re.Pattern[bytes]) -> Cut:
    """Take the documents out of a body; what is not an ASCII encoding stays whole."""
    view = memoryview(body)
    documents: list[memoryview] = []

    def number(match: re.Match[bytes]) -> bytes:
        documents.append(view[match.start(2) : match.end(2)])
        return match[1] + str(len(documents) - 1).encode()

    return Cut(rest=pattern.sub(number, body), documents=tuple(documents))
