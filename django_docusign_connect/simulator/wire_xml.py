"""The bytes of the legacy XML messages, bare and inside a SOAP call.

The elements are those of DocuSign's schema (``dsx.xsd``), in the order of real
messages.
"""

from __future__ import annotations

import base64
from datetime import datetime
from xml.etree import ElementTree as ET

from .story import Document, Envelope, Moment, Recipient
from .wire_times import TIME_ZONE, offset_at, to_local, to_milliseconds

NAMESPACE = "http://www.docusign.net/API/3.0"
OPERATION = "DocuSignConnectUpdate"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


def write_xml(moment: Moment) -> bytes:
    """Return the envelope as of the moment; XML names no event."""
    return _dump(_information(moment))


def write_soap(moment: Moment) -> bytes:
    """Return the same inside a SOAP 1.1 call of ``DocuSignConnectUpdate``."""
    envelope = ET.Element("soap:Envelope", {"xmlns:soap": SOAP})
    body = ET.SubElement(envelope, "soap:Body")
    call = ET.SubElement(body, OPERATION, {"xmlns": NAMESPACE})
    call.append(_information(moment))
    return _dump(envelope)


def _dump(root: ET.Element) -> bytes:
    body: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return body


def _information(moment: Moment) -> ET.Element:
    writer = _Writer(offset=offset_at(moment.generated_at))
    root = ET.Element(
        "DocuSignEnvelopeInformation", {"xmlns": NAMESPACE, "xmlns:xsi": XSI}
    )
    writer.envelope(root, moment)
    if moment.envelope.documents:
        parent = ET.SubElement(root, "DocumentPDFs")
        for document in moment.envelope.documents:
            writer.content(parent, document)
    writer.add(root, TimeZone=TIME_ZONE, TimeZoneOffset=str(writer.offset))
    return root


class _Writer:
    """Adds elements to their parents; all times go by one offset in hours."""

    def __init__(self, *, offset: int) -> None:
        self.offset = offset

    def add(self, parent: ET.Element, **texts: str | datetime | None) -> None:
        """Add an element for each text or time, and none for None."""
        for name, text in texts.items():
            if isinstance(text, datetime):
                text = to_local(text, offset=self.offset)
            if text is not None:
                ET.SubElement(parent, name).text = text

    def envelope(self, root: ET.Element, moment: Moment) -> None:
        envelope = moment.envelope
        status = ET.SubElement(root, "EnvelopeStatus")
        recipients = ET.SubElement(status, "RecipientStatuses")
        for recipient in envelope.recipients:
            self.recipient(recipients, recipient)
        self.add(
            status,
            TimeGenerated=moment.generated_at,
            EnvelopeID=envelope.envelope_id,
            Subject=envelope.subject,
            UserName=envelope.sender.name,
            Email=envelope.sender.email,
            Status=envelope.status.capitalize(),
            Created=envelope.created_at,
            Sent=envelope.sent_at,
            Delivered=envelope.delivered_at,
            Signed=envelope.completed_at,
            Completed=envelope.completed_at,
            Declined=envelope.declined_at,
        )
        self.custody(status, envelope)
        self.custom_fields(status, envelope)
        self.add(
            status,
            AutoNavigation="true",
            EnvelopeIdStamping="true",
            AuthoritativeCopy="false",
        )
        self.documents(status, envelope)

    def recipient(self, parent: ET.Element, recipient: Recipient) -> None:
        status = ET.SubElement(parent, "RecipientStatus")
        self.add(
            status,
            Type=recipient.kind[0].upper() + recipient.kind[1:],
            Email=recipient.person.email,
            UserName=recipient.person.name,
            RoutingOrder=str(recipient.routing_order),
            Sent=recipient.sent_at,
            Delivered=recipient.delivered_at,
            Signed=recipient.signed_at,
            Declined=recipient.declined_at,
        )
        reason = ET.SubElement(status, "DeclineReason")
        if recipient.declined_reason:
            reason.text = recipient.declined_reason
        else:
            reason.set("xsi:nil", "true")
        self.add(
            status,
            Status=recipient.status.capitalize(),
            RecipientIPAddress="192.0.2.10" if recipient.delivered_at else "",
        )
        self.authentication(status, recipient)
        self.add(status, AccountStatus="Active", RecipientId=recipient.guid)

    def authentication(self, parent: ET.Element, recipient: Recipient) -> None:
        if recipient.authentication_failed_at is None:
            return
        results = ET.SubElement(parent, "RecipientAuthenticationStatus")
        result = ET.SubElement(results, "AccessCodeResult")
        # Unlike its siblings this time has a zone in real messages.
        timestamp = to_milliseconds(recipient.authentication_failed_at)
        self.add(result, Status="Failed", EventTimestamp=timestamp)

    def custody(self, status: ET.Element, envelope: Envelope) -> None:
        """Add who holds the authoritative copy, why it is void, and where it was."""
        self.add(
            status,
            ACStatus="Original",
            ACStatusDate=envelope.created_at,
            ACHolder=envelope.sender.name,
            ACHolderEmail=envelope.sender.email,
            ACHolderLocation="DocuSign",
            VoidReason=envelope.voided_reason or None,
            SigningLocation="Online",
            SenderIPAddress="192.0.2.1",
            EnvelopePDFHash="",
        )

    def custom_fields(self, status: ET.Element, envelope: Envelope) -> None:
        """Add the sender's fields, then the account, which XML gives as fields too."""
        parent = ET.SubElement(status, "CustomFields")
        account = envelope.account
        of_account = (
            ("AccountId", account.number),
            ("AccountName", account.name),
            ("AccountSite", account.site),
        )
        for name, value in (*envelope.custom_fields, *of_account):
            field = ET.SubElement(parent, "CustomField")
            show = str((name, value) not in of_account).lower()
            self.add(field, Name=name, Show=show, Required="false", Value=value)
            self.add(field, CustomFieldType="Text")

    def documents(self, status: ET.Element, envelope: Envelope) -> None:
        """Add the documents by name; the certificate is none of these."""
        parent = ET.SubElement(status, "DocumentStatuses")
        for document in envelope.documents:
            if document.kind == "content":
                element = ET.SubElement(parent, "DocumentStatus")
                self.add(element, ID=document.document_id, Name=document.name)
                self.add(element, TemplateName="", Sequence=str(document.order))

    def content(self, parent: ET.Element, document: Document) -> None:
        """Add a document's bytes; the certificate has no number to go by."""
        is_content = document.kind == "content"
        self.add(
            ET.SubElement(parent, "DocumentPDF"),
            Name=document.name,
            PDFBytes=base64.b64encode(document.content).decode(),
            DocumentID=document.document_id if is_content else None,
            DocumentType=document.kind.upper(),
        )
