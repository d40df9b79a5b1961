from __future__ import annotations

import base64
import binascii
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_docusign_connect.messages import parse
from django_docusign_connect.messages.values import PIECE_LENGTH, DocumentContent

from .bodies import sim, xml

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 4


def encode(content: bytes) -> str:
    return base64.b64encode(content).decode()


def documents_in_json(*documents: dict[str, Any]) -> tuple[DocumentContent, ...]:
    summary = {"status": "completed", "envelopeDocuments": documents}
    state = parse(sim("envelope-completed", summary=summary)).state
    assert state is not None
    return state.documents


def documents_in_xml(*documents: str, listed: str = "") -> tuple[DocumentContent, ...]:
    pdfs = "".join(f"<DocumentPDF>{one}</DocumentPDF>" for one in documents)
    statuses = f"<DocumentStatuses>{listed}</DocumentStatuses>"
    state = parse(xml(statuses, after=f"<DocumentPDFs>{pdfs}</DocumentPDFs>")).state
    assert state is not None
    return state.documents


def content_of(document: DocumentContent) -> bytes:
    return b"".join(document.decoded())


def describe(document: DocumentContent) -> tuple[str, str, str, int | None]:
    return document.document_id, document.name, document.type, document.order


def test_documents_in_json_have_their_bytes() -> None:
    lease, certificate = documents_in_json(
        {
            "documentId": "1",
            "name": "lease.pdf",
            "type": "content",
            "order": "1",
            "PDFBytes": encode(PDF),
        },
        {
            "documentId": "certificate",
            "name": "Summary",
            "type": "summary",
            "order": "999",
            "PDFBytes": encode(b"%PDF certificate"),
        },
    )
    assert describe(lease) == ("1", "lease.pdf", "content", 1)
    assert content_of(lease) == PDF
    assert describe(certificate) == ("certificate", "Summary", "summary", 999)
    assert content_of(certificate) == b"%PDF certificate"


def test_documents_in_xml_have_their_bytes() -> None:
    lease, certificate = documents_in_xml(
        f"<Name>lease.pdf</Name><PDFBytes>{encode(PDF)}</PDFBytes>"
        "<DocumentID>1</DocumentID><DocumentType>CONTENT</DocumentType>",
        f"<Name>Summary</Name><PDFBytes>{encode(b'%PDF certificate')}</PDFBytes>"
        "<DocumentType>SUMMARY</DocumentType>",
        listed="<DocumentStatus><ID>1</ID><Name>Lease</Name><Sequence>2</Sequence>"
        "</DocumentStatus>",
    )
    assert describe(lease) == ("1", "Lease", "content", 2)
    assert content_of(lease) == PDF
    assert describe(certificate) == ("certificate", "Summary", "summary", None)
    assert content_of(certificate) == b"%PDF certificate"


def test_document_in_xml_without_an_id_is_found_by_its_name() -> None:
    (document,) = documents_in_xml(
        f"<Name>lease.pdf</Name><PDFBytes>{encode(PDF)}</PDFBytes>",
        listed="<DocumentStatus><ID>7</ID><Name>lease.pdf</Name></DocumentStatus>",
    )
    assert document.document_id == "7"
    assert content_of(document) == PDF


def test_document_without_bytes_has_no_content() -> None:
    for documents in (
        documents_in_json({"documentId": "1"}),
        documents_in_json({"documentId": "1", "PDFBytes": ""}),
        documents_in_json({"documentId": "1", "PDFBytes": None}),
        documents_in_xml("<DocumentID>1</DocumentID><PDFBytes></PDFBytes>"),
        documents_in_xml("<DocumentID>1</DocumentID><PDFBytes/>"),
    ):
        assert [document.encoded for document in documents] == [None]


def test_document_in_xml_may_be_prefixed_and_wrapped_in_lines() -> None:
    lines = base64.encodebytes(PDF).decode().replace("\n", "\r\n")
    (document,) = documents_in_xml(
        f'<Name>x</Name><d:PDFBytes xmlns:d="urn:d" a="b">\n{lines}</d:PDFBytes>'
    )
    assert content_of(document) == PDF


@pytest.mark.parametrize(
    ("plain", "escaped"),
    [("/", r"\/"), ("+", r"\u002B"), ("/", r"\u002f"), ("=", r"\u003d")],
)
def test_document_in_json_may_have_escapes(plain: str, escaped: str) -> None:
    content = bytes(range(256)) * 2 + b".."
    text = encode(content)
    assert plain in text
    body = sim(
        "envelope-completed",
        summary={"envelopeDocuments": [{"documentId": "1", "PDFBytes": text}]},
    )
    state = parse(body.replace(plain.encode(), escaped.encode())).state
    assert state is not None
    assert content_of(state.documents[0]) == content


def test_document_in_json_may_be_wrapped_in_lines() -> None:
    lines = base64.encodebytes(PDF).decode().replace("\n", "\r\n")
    (document,) = documents_in_json({"documentId": "1", "PDFBytes": lines})
    assert content_of(document) == PDF


@pytest.mark.parametrize("text", ["not base64!", "AAA", "AA=A", "AAAA=AAA", "ééé"])
def test_bytes_that_are_no_base64_do_not_spoil_the_message(text: str) -> None:
    broken, sound = documents_in_json(
        {"documentId": "1", "PDFBytes": text},
        {"documentId": "2", "PDFBytes": encode(PDF)},
    )
    with pytest.raises(binascii.Error):
        content_of(broken)
    assert content_of(sound) == PDF


@pytest.mark.parametrize("more", range(-3, 4))
def test_large_document_is_decoded_in_pieces(more: int) -> None:
    content = b"abcdefg" * (PIECE_LENGTH // 7) + b"!" * (10 + more)
    (document,) = documents_in_json({"documentId": "1", "PDFBytes": encode(content)})
    assert content_of(document) == content
    assert max(map(len, document.decoded())) < PIECE_LENGTH


def test_padding_in_the_middle_of_a_large_document_is_an_error() -> None:
    text = "A" * (PIECE_LENGTH - 4) + "AA==" + "AAAA"
    (document,) = documents_in_json({"documentId": "1", "PDFBytes": text})
    with pytest.raises(binascii.Error, match="goes on after its end"):
        content_of(document)


def test_number_of_a_document_is_not_taken_for_its_bytes() -> None:
    first, second = documents_in_json(
        {"documentId": "0", "name": "0", "PDFBytes": encode(PDF)},
        {"documentId": "1", "name": "0", "PDFBytes": 0},
    )
    assert content_of(first) == PDF
    assert second.encoded is None or bytes(second.encoded) == b"0"


def test_name_of_the_field_in_a_text_is_only_text() -> None:
    subject = 'Says "PDFBytes": "AAAA" and <PDFBytes>BBBB</PDFBytes>'
    state = parse(sim("envelope-sent", summary={"emailSubject": subject})).state
    assert state is not None
    assert state.subject == subject


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_any_documents_come_out_as_they_went_in(one: bytes, other: bytes) -> None:
    texts = [encode(one + b"."), encode(other + b".")]
    documents = documents_in_json(
        *({"documentId": str(i), "PDFBytes": text} for i, text in enumerate(texts))
    )
    assert [content_of(document) for document in documents] == [
        one + b".",
        other + b".",
    ]
    assert json.dumps(texts)  # the texts need no escapes
