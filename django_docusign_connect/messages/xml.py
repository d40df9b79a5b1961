"""Read legacy XML messages, and those inside a SOAP call.

Elements are matched by their local names, for messages differ in where they put the
namespace. DTDs, entities and external references are refused before any is followed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import tzinfo
from xml.parsers.expat import ExpatError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from django_docusign_connect.exceptions import UnreadableMessage
from django_docusign_connect.messages import facts
from django_docusign_connect.messages.cutting import cut_xml
from django_docusign_connect.messages.dates import offset_zone, parse_datetime
from django_docusign_connect.messages.limits import (
    MOST_FIELDS,
    MOST_LEVELS,
    MOST_NAMES,
    MOST_TEXT,
    check_xml,
)
from django_docusign_connect.messages.snapshot import (
    Fields,
    account_fields,
    read_snapshot,
)
from django_docusign_connect.messages.text import as_uuid
from django_docusign_connect.messages.values import MessageHeader, ParsedMessage

ROOT = "DocuSignEnvelopeInformation"

#: The elements whose children are fields, by the element around them.
RECORDS = {
    ("", ROOT),
    (ROOT, "EnvelopeStatus"),
    ("RecipientStatuses", "RecipientStatus"),
    ("EnvelopeStatus/CustomFields", "CustomField"),
    ("DocumentStatuses", "DocumentStatus"),
    ("DocumentPDFs", "DocumentPDF"),
}


class XmlReading:
    """A legacy XML message; UnreadableMessage if the body is none of Connect's."""

    def __init__(self, body: bytes) -> None:
        self._body, self._cut = body, cut_xml(body)
        self._records = _records(self._cut.rest)
        self.header = _header(self._records)

    def identity(self) -> str:
        return hashlib.sha256(self._body).hexdigest()

    def parse(self) -> ParsedMessage:
        if self.header.envelope_id is None:
            raise UnreadableMessage("The XML has no EnvelopeID that is a GUID.")
        records = self._records
        state = read_snapshot(records.found, zone=records.zone, cut=self._cut)
        events = facts.implied(state, generated_at=self.header.generated_at)
        return ParsedMessage(header=self.header, events=events, state=state)


def _header(records: _Records) -> MessageHeader:
    envelope = records.only("EnvelopeStatus")
    return MessageHeader(
        format="soap" if records.is_soap else "xml",
        account_id=account_fields(records.found).get("AccountId", "").strip(),
        envelope_id=as_uuid(envelope.get("EnvelopeID")),
        generated_at=parse_datetime(
            envelope.get("TimeGenerated", ""), zone=records.zone
        ),
    )


@dataclass
class _Records:
    """The records of a message, gathered while expat reads it."""

    found: dict[str, list[Fields]] = field(default_factory=dict)
    path: list[str] = field(default_factory=list)
    open: list[tuple[int, Fields]] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    length: int = 0
    names: set[str] = field(default_factory=set)
    kept: int = 0
    is_soap: bool = False

    @property
    def zone(self) -> tzinfo:
        return offset_zone(self.only(ROOT).get("TimeZoneOffset", ""))

    def only(self, name: str) -> Fields:
        return (self.found.get(name) or [{}])[0]

    def start(self, tag: str, attributes: object) -> None:
        name = tag.rpartition("}")[2]
        if name == ROOT and not self.found:
            self.is_soap = bool(self.path)
            self.path = [""]
        self._forget_text()
        if self._is_record(name):
            record: Fields = {}
            self.found.setdefault(name, []).append(record)
            self.kept += 1
            self.open.append((len(self.path), record))
        self.path.append(name)
        self._check(tag)

    def data(self, text: str) -> None:
        if self.open and self.open[-1][0] + 2 == len(self.path):
            # The text of a document that was not cut out is needed whole.
            is_document = self.path[-1] == "PDFBytes"
            part = text if is_document else text[: MOST_TEXT - self.length]
            self.text.append(part)
            self.length += len(part)

    def end(self, tag: str) -> None:
        name = self.path.pop() if self.path else ""
        depth = len(self.path)
        if self.open and self.open[-1][0] + 1 == depth and self.text:
            self.open[-1][1].setdefault(name, "".join(self.text))
            self.kept += 1
        elif self.open and self.open[-1][0] == depth:
            self.open.pop()
        self._forget_text()

    def _forget_text(self) -> None:
        self.text.clear()
        self.length = 0

    def _check(self, tag: str) -> None:
        """Go no further than any message does; a parser remembers every name."""
        self.names.add(tag)
        if self.kept > MOST_FIELDS:
            raise UnreadableMessage("The XML has more fields than any message has.")
        if len(self.path) > MOST_LEVELS:
            raise UnreadableMessage("The XML is nested too deeply.")
        if len(self.names) > MOST_NAMES:
            raise UnreadableMessage("The XML has more names than any message has.")

    def _is_record(self, name: str) -> bool:
        around = self.path[-1] if self.path else None
        if around == "CustomFields" and len(self.path) > 1:
            around = f"{self.path[-2]}/{around}"
        return (around, name) in RECORDS


def _records(xml: bytes) -> _Records:
    check_xml(xml)
    records = _Records()
    parser = DefusedXMLParser(target=records, forbid_dtd=True)
    # expat's own handlers: the parser's would build a tree that nobody reads.
    expat = parser.parser
    expat.StartElementHandler = records.start
    expat.EndElementHandler = records.end
    expat.CharacterDataHandler = records.data
    try:
        expat.Parse(xml, True)
    except DefusedXmlException as error:
        raise UnreadableMessage(
            f"The XML declares a DTD or an entity, which is refused: {error}"
        ) from error
    except (ExpatError, ValueError, LookupError) as error:
        raise UnreadableMessage(f"The body is not well-formed XML: {error}") from error
    if ROOT not in records.found:
        raise UnreadableMessage(f"The XML has no {ROOT} element.")
    return records
