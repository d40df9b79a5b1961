"""The answer to a SOAP call of DocuSign Connect."""

from __future__ import annotations

from uuid import UUID

SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
DOCUSIGN = "http://www.docusign.net/API/3.0"


def acknowledge(envelope_id: UUID, call: bytes) -> str:
    """Return the response to a call of the operation DocuSignConnectUpdate.

    It is of the call's own version of SOAP.
    """
    version = SOAP_12 if SOAP_12.encode() in call[:4096] else SOAP_11
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        f'<soap:Envelope xmlns:soap="{version}"><soap:Body>'
        f'<DocuSignConnectUpdateResponse xmlns="{DOCUSIGN}">'
        f"<EnvelopeID>{envelope_id}</EnvelopeID>"
        "</DocuSignConnectUpdateResponse></soap:Body></soap:Envelope>"
    )
