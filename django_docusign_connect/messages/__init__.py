"""What DocuSign Connect's messages say: bytes in, frozen values out, no Django."""

from __future__ import annotations

import hashlib

from django_docusign_connect.exceptions import UnreadableMessage
from django_docusign_connect.messages.json import identify_json, read_json
from django_docusign_connect.messages.values import MessageHeader, ParsedMessage
from django_docusign_connect.messages.xml import identify_xml, read_xml

__all__ = ["identify", "parse"]

#: Encodings' marks and white space, which may stand before a message.
LEADING = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"


def identify(body: bytes) -> MessageHeader:
    """Return what a message is, so that it can be stored; never raises for a body.

    The identity of a body in no known format is that of its bytes.
    """
    try:
        return identify_xml(body) if _is_xml(body) else identify_json(body)
    except UnreadableMessage:
        return MessageHeader(identity=hashlib.sha256(body).hexdigest())


def parse(body: bytes) -> ParsedMessage:
    """Return what a message says; UnreadableMessage if it is of no known format.

    The format is told by the bytes, never by the content type.
    """
    return read_xml(body) if _is_xml(body) else read_json(body)


def _is_xml(body: bytes) -> bool:
    start = body[:4096].lstrip(LEADING)[:1]
    if not start:
        raise UnreadableMessage("The body is empty.")
    return start == b"<"
