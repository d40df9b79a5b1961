from __future__ import annotations

from datetime import datetime, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_docusign_connect.exceptions import UnreadableMessage
from django_docusign_connect.messages import parse
from django_docusign_connect.messages.soap import acknowledge
from django_docusign_connect.messages.values import EnvelopeState, RecipientState

from .bodies import ENVELOPE_ID, NAMESPACE, header_of, identity_of, sample, soap, xml

UTC = timezone.utc
SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
BILLION_LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]>'
)


def state_of(body: bytes) -> EnvelopeState:
    state = parse(body).state
    assert state is not None
    return state


def test_xml_message_says_what_it_is() -> None:
    header = header_of(sample("xml/peopledoc_declined.xml"))
    assert (header.format, header.event) == ("xml", "")
    assert header.account_id == "492035"
    assert header.envelope_id == UUID("e9708096-6e41-48e6-b24f-334aadaa93af")
    assert header.generated_at == datetime(2014, 9, 16, 10, 46, 52, 964643, UTC)


def test_recipient_is_read_field_by_field() -> None:
    state = state_of(sample("xml/peopledoc_declined.xml"))
    assert state.recipients == (
        RecipientState(
            recipient_id_guid=UUID("2867656e-d8f0-482c-98b5-74bc62df5167"),
            type="signer",
            name="Zoë Ångström",
            email="person1@example.com",
            routing_order=1,
            status="declined",
            sent_at=datetime(2014, 9, 16, 10, 44, 59, 147000, UTC),
            declined_at=datetime(2014, 9, 16, 10, 46, 32, 177000, UTC),
            declined_reason="Je ne signerai pas un test !",
            client_user_id="9",
        ),
    )


@pytest.mark.parametrize(
    ("kind", "spelled"),
    [
        ("Signer", "signer"),
        ("Agent", "agent"),
        ("Editor", "editor"),
        ("Intermediary", "intermediary"),
        ("CarbonCopy", "carbonCopy"),
        ("CertifiedDelivery", "certifiedDelivery"),
        ("InPersonSigner", "inPersonSigner"),
        ("SigningHost", "inPersonSigner"),
    ],
)
def test_kind_of_recipient_is_spelled_as_in_json(kind: str, spelled: str) -> None:
    body = xml(
        f"<RecipientStatuses><RecipientStatus><Type>{kind}</Type></RecipientStatus>"
        "</RecipientStatuses>"
    )
    (recipient,) = state_of(body).recipients
    assert recipient.type == spelled


def test_account_is_no_custom_field_of_the_envelope() -> None:
    fields = "".join(
        f"<CustomField><Name>{name}</Name><Value>{value}</Value></CustomField>"
        for name, value in {
            "Sales order": "4711",
            "AccountId": "492035",
            "AccountName": "Example SA",
            "AccountSite": "demo",
        }.items()
    )
    message = parse(xml(f"<CustomFields>{fields}</CustomFields>"))
    assert message.header.account_id == "492035"
    assert message.state is not None
    assert message.state.custom_fields == {"Sales order": "4711"}


def test_custom_fields_of_a_recipient_are_none_of_the_envelope() -> None:
    body = xml(
        "<RecipientStatuses><RecipientStatus><UserName>Zoë</UserName><CustomFields>"
        "<CustomField><Name>n</Name><Value>v</Value></CustomField></CustomFields>"
        "</RecipientStatus></RecipientStatuses>"
    )
    state = state_of(body)
    assert state.custom_fields is None
    assert [recipient.name for recipient in state.recipients] == ["Zoë"]


def test_nested_elements_of_the_same_name_are_not_taken() -> None:
    state = state_of(sample("xml/peopledoc_completed.xml"))
    (recipient,) = state.recipients
    assert recipient.status == "completed"
    assert recipient.name == "Zoë Ångström"
    assert [document.document_id for document in state.documents] == ["1"]


def test_unknown_elements_are_passed_over() -> None:
    body = xml("<New><Subject>inner</Subject></New><Subject>outer</Subject><New2/>")
    assert state_of(body).subject == "outer"


@pytest.mark.parametrize(
    "root",
    [
        "DocuSignEnvelopeInformation",
        f'd:DocuSignEnvelopeInformation xmlns:d="{NAMESPACE}"',
        'DocuSignEnvelopeInformation xmlns="urn:another"',
    ],
)
def test_elements_are_known_by_their_local_names(root: str) -> None:
    assert parse(xml(root=root)).header.envelope_id == UUID(ENVELOPE_ID)


def test_namespace_may_be_on_the_child_behind_a_byte_order_mark() -> None:
    body = xml(root="DocuSignEnvelopeInformation").replace(
        b"<EnvelopeStatus>", f'<EnvelopeStatus xmlns="{NAMESPACE}">'.encode()
    )
    header = parse(b"\xef\xbb\xbf" + body).header
    assert (header.format, header.envelope_id) == ("xml", UUID(ENVELOPE_ID))


def test_xml_may_be_in_another_encoding() -> None:
    for encoding in ("utf-16", "iso-8859-1"):
        text = xml("<Subject>é</Subject>").decode().replace("utf-8", encoding)
        assert state_of(text.encode(encoding)).subject == "é"


def test_text_is_whole_across_comments_entities_and_sections() -> None:
    body = xml("<Subject>a<!-- no -->b&amp;&#233;<![CDATA[<c>]]></Subject>")
    assert state_of(body).subject == "ab&é<c>"


@pytest.mark.parametrize("version", [SOAP_11, SOAP_12])
def test_message_in_a_soap_call_is_read(version: str) -> None:
    header = parse(soap(version)).header
    assert (header.format, header.envelope_id) == ("soap", UUID(ENVELOPE_ID))


@pytest.mark.parametrize("version", [SOAP_11, SOAP_12])
def test_soap_call_is_answered_in_its_own_version(version: str) -> None:
    answer = acknowledge(UUID(ENVELOPE_ID), soap(version))
    assert f'<soap:Envelope xmlns:soap="{version}">' in answer
    assert f'<DocuSignConnectUpdateResponse xmlns="{NAMESPACE}">' in answer
    assert f"<EnvelopeID>{ENVELOPE_ID}</EnvelopeID>" in answer


@pytest.mark.parametrize(
    "head",
    [
        BILLION_LAUGHS,
        "<!DOCTYPE x>",
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]>',
    ],
)
def test_document_type_is_refused(head: str) -> None:
    with pytest.raises(UnreadableMessage, match="DTD or an entity"):
        parse(xml("<Subject>x</Subject>", head=head))


@pytest.mark.parametrize(
    "body",
    [
        b"<",
        b"<a/>",
        b"<html><body>Bad gateway</body></html>",
        b"<DocuSignEnvelopeInformation>",
        b"<DocuSignEnvelopeInformation/>",
        b"<DocuSignEnvelopeInformation><EnvelopeStatus></DocuSignEnvelopeInformation>",
        b'<?xml version="1.0" encoding="no-such"?><DocuSignEnvelopeInformation/>',
        xml("<Subject>\x01</Subject>"),
        xml("<Subject>&undeclared;</Subject>"),
        xml().replace(ENVELOPE_ID.encode(), b"123"),
        xml() + b"<again/>",
        sample("xml/malformed.xml"),
    ],
)
def test_xml_that_is_no_message_is_unreadable_and_yet_has_an_identity(
    body: bytes,
) -> None:
    with pytest.raises(UnreadableMessage, match=r"[A-Z].*"):
        parse(body)
    assert len(identity_of(body)) == 64


PIECES = st.sampled_from(
    [
        "<EnvelopeStatus>",
        "</EnvelopeStatus>",
        "<Status>",
        "</Status>",
        "<CustomFields>",
        "text",
        "</CustomFields>",
        "<CustomField>",
        "</CustomField>",
        "<Name/>",
        "<RecipientStatuses>",
        "</RecipientStatuses>",
        "<RecipientStatus>",
        "</RecipientStatus>",
        "<Sent>1</Sent>",
        "<DocumentPDFs>",
        "</DocumentPDFs>",
        "<PDFBytes>",
        "</PDFBytes>",
        "<DocumentPDF>",
        "&#0;",
        "&amp;",
        "</DocumentPDF>",
        "<TimeZoneOffset>x</TimeZoneOffset>",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "<a:b/>",
        "<DocuSignEnvelopeInformation>",
        "</DocuSignEnvelopeInformation>",
        "<?x?>",
        "\x00",
        "é",
    ]
)


@given(st.lists(PIECES), st.binary(max_size=4))
def test_no_xml_breaks_the_reader(pieces: list[str], end: bytes) -> None:
    for body in (xml("".join(pieces)), "".join(pieces).encode() + end):
        identity_of(body)
        try:
            parse(body)
        except UnreadableMessage as error:
            assert str(error)  # noqa: PT017 - whether it is raised depends on the body
