"""Bodies of messages, opened, and made into text for a person to read."""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass
from typing import IO
from xml.parsers.expat import ExpatError

from defusedxml import DefusedXmlException
from defusedxml.minidom import parseString
from django.utils.translation import gettext

from django_docusign_connect.messages.cutting import fold
from django_docusign_connect.messages.text import storable
from django_docusign_connect.models import ConnectMessage

SHOWN_CHARACTERS = 200_000
#: What is larger is shown as it came, since to indent it takes many times its size.
INDENTED_CHARACTERS = 1_000_000
BETWEEN_TAGS = re.compile(r">\s+<")
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class ShownBody:
    """The text of a body, or its first ``SHOWN_CHARACTERS``."""

    text: str
    is_cut: bool


def open_body(message: ConnectMessage) -> IO[bytes]:
    """Open a message's body to be read; FileNotFoundError if it is not kept."""
    if message.inline_body is not None:
        return io.BytesIO(message.inline_body)
    if not message.body_file:
        raise FileNotFoundError
    return message.body_file.open("rb")


def show(body: bytes) -> ShownBody:
    """Return a body indented, its documents folded; one that is broken, as it came."""
    text = _indent(_decode(_fold(body)))
    return ShownBody(text[:SHOWN_CHARACTERS], is_cut=len(text) > SHOWN_CHARACTERS)


def _fold(body: bytes) -> bytes:
    """Put a note in the place of each document's base64."""
    note = gettext("… %d bytes of base64")
    return fold(body, lambda length: (note % length).encode())


def _decode(body: bytes) -> str:
    encoding = "utf-16" if body.startswith(UTF_16_MARKS) else "utf-8-sig"
    return body.decode(encoding, errors="replace")


def _indent(text: str) -> str:
    if len(text) > INDENTED_CHARACTERS:
        return storable(text)
    try:
        is_xml = text.lstrip().startswith("<")
        return storable(_indent_xml(text) if is_xml else _indent_json(text))
    except (ValueError, ExpatError, DefusedXmlException, RecursionError):
        return storable(text)


def _indent_json(text: str) -> str:
    return json.dumps(json.loads(text), indent=2, ensure_ascii=False)


def _indent_xml(text: str) -> str:
    packed = BETWEEN_TAGS.sub("><", text.strip())
    return str(parseString(packed, forbid_dtd=True).toprettyxml(indent="  "))
