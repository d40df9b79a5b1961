"""Bodies of messages, read and made into text for a person to read."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from xml.parsers.expat import ExpatError

from defusedxml import DefusedXmlException
from defusedxml.minidom import parseString
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext

from django_docusign_connect.messages.cutting import fold
from django_docusign_connect.messages.text import storable
from django_docusign_connect.models import ConnectMessage

SHOWN_CHARACTERS = 200_000
#: Base64 of attachments and the like, which is folded, too: so long without a break.
LONG_BASE64 = re.compile(rb"[A-Za-z0-9+/]{4096,}={0,2}")
KINDS = (re.compile(rb"[A-Z]"), re.compile(rb"[a-z]"), re.compile(rb"[0-9]"))
#: What is larger is shown as it came, since to indent it takes many times its size.
INDENTED_CHARACTERS = 1_000_000
BETWEEN_TAGS = re.compile(r">\s+<")
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class ShownBody:
    """The text of a body, or its first ``SHOWN_CHARACTERS``."""

    text: str
    is_cut: bool


def read_body(message: ConnectMessage) -> bytes | None:
    """Return a message's body as it came; None if it is not kept any more."""
    if not message.has_body:
        return None
    try:
        return message.body
    except FileNotFoundError:
        return None


def show(body: bytes) -> ShownBody:
    """Return a body indented, its documents folded; one that is broken, as it came."""
    text = _indent(_decode(_fold(body)))
    return ShownBody(text[:SHOWN_CHARACTERS], is_cut=len(text) > SHOWN_CHARACTERS)


def _fold(body: bytes) -> bytes:
    """Put a note in the place of each document's base64, and of all else that is long.

    A text of one letter repeated is no base64, and stays.
    """
    body = fold(body, _note)
    return LONG_BASE64.sub(_fold_base64, body)


def _fold_base64(found: re.Match[bytes]) -> bytes:
    text = found[0]
    is_mixed = all(kind.search(text, 0, 4096) for kind in KINDS)
    return _note(len(text)) if is_mixed else text


def _note(length: int) -> bytes:
    size = filesizeformat(length).replace("\xa0", " ")
    return (gettext("… %(size)s of base64, folded") % {"size": size}).encode()


def _decode(body: bytes) -> str:
    encoding = "utf-16" if body.startswith(UTF_16_MARKS) else "utf-8-sig"
    return body.decode(encoding, errors="replace")


def _indent(text: str) -> str:
    if len(text) > INDENTED_CHARACTERS:
        # What is shown of it, and a character more, so that it is seen to be cut.
        return storable(text[: SHOWN_CHARACTERS + 1])
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
