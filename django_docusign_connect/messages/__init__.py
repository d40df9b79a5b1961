"""What DocuSign Connect's messages say: bytes in, frozen values out, no Django."""

from __future__ import annotations

import hashlib
from typing import Protocol

from django_docusign_connect.exceptions import UnreadableMessage
from django_docusign_connect.messages.json import JsonReading
from django_docusign_connect.messages.values import MessageHeader, ParsedMessage
from django_docusign_connect.messages.xml import XmlReading

__all__ = ["Reading", "identify", "parse", "read"]

#: Encodings' marks and white space, which may stand before a message.
LEADING = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"


class Reading(Protocol):
    """A message that is one of Connect's, taken apart when asked to."""

    header: MessageHeader

    def identity(self) -> str:
        """Return a digest that is the same for DocuSign's retries of the message."""

    def parse(self) -> ParsedMessage:
        """Return what it says; UnreadableMessage if it says nothing."""


def identify(body: bytes) -> tuple[str, Reading | None]:
    """Return a message's identity, and its reading; never raises for a body.

    A body in no known format has no reading, and the identity of its bytes.
    """
    try:
        reading = read(body)
        return reading.identity(), reading
    except UnreadableMessage:
        return hashlib.sha256(body).hexdigest(), None


def read(body: bytes) -> Reading:
    """Begin to read a message; UnreadableMessage if it is of no known format.

    The format is told by the bytes, never by the content type.
    """
    return XmlReading(body) if _is_xml(body) else JsonReading(body)


def parse(body: bytes) -> ParsedMessage:
    """Return what a message says; UnreadableMessage if it says nothing."""
    return read(body).parse()


def _is_xml(body: bytes) -> bool:
    start = body[:4096].lstrip(LEADING)[:1]
    if not start:
        raise UnreadableMessage("The body is empty.")
    return start == b"<"
