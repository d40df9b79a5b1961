from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest

from django_docusign_connect.models import EnvelopeDocument
from django_docusign_connect.simulator.scenarios import tell as tell_story
from django_docusign_connect.simulator.wire import write_messages
from tests.api_client import ENVELOPES, client, tell

pytestmark = pytest.mark.django_db
Post = Callable[..., Any]
PDF = b"%PDF-1.7 a lease"


def tell_document(post: Post, **values: str) -> str:
    """Post an envelope with one document; return the URL of the document's file."""
    document = {
        "documentId": "1",
        "name": "Lease.pdf",
        "type": "content",
        "order": "1",
        "PDFBytes": base64.b64encode(PDF).decode(),
    }
    envelope_id = tell(post, envelopeDocuments=[document | values])
    [shown] = read_documents(envelope_id)
    return str(shown["url"])


def read_documents(envelope_id: str) -> Any:
    api = client("view_envelope")
    return api.get(f"{ENVELOPES}{envelope_id}/").json()["documents"]


def download(url: str) -> Any:
    return client("download_envelopedocument").get(url)


def test_document_is_told_with_the_url_of_its_file(post: Post) -> None:
    url = tell_document(post)
    assert url.startswith("http://testserver/api/docusign/envelopes/")
    answer = download(url)
    assert answer.getvalue() == PDF
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Length"] == str(len(PDF))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Lease.pdf"'


def test_documents_of_a_story_are_read_as_they_were_sent(post: Post) -> None:
    for message in write_messages(tell_story("with-documents", seed=1)):
        post(message.body())
    envelope = message.moment.envelope
    shown = read_documents(envelope.envelope_id)
    sent = {document.document_id: document.content for document in envelope.documents}
    read = {document["document_id"]: document["url"] for document in shown}
    assert {key: download(url).getvalue() for key, url in read.items()} == sent


def test_document_without_a_file_has_no_url_and_is_not_found(post: Post) -> None:
    envelope_id = tell(post, envelopeDocuments=[{"documentId": "1", "name": "Lease"}])
    [shown] = read_documents(envelope_id)
    assert shown["url"] is None
    answer = download(f"{ENVELOPES}{envelope_id}/documents/1/")
    assert answer.status_code == 404


def test_file_that_is_gone_from_the_storage_is_not_found(post: Post) -> None:
    url = tell_document(post)
    document = EnvelopeDocument.objects.get()
    document.file.storage.delete(str(document.file.name))
    assert download(url).status_code == 404


def test_unknown_document_is_not_found(post: Post) -> None:
    url = tell_document(post)
    assert download(url.replace("documents/1/", "documents/2/")).status_code == 404


def test_file_takes_its_own_permission(post: Post) -> None:
    url = tell_document(post)
    assert client("view_envelope").get(url).status_code == 403
    assert client("view_envelopedocument").get(url).status_code == 403


def test_file_comes_whatever_the_client_accepts(post: Post) -> None:
    url = tell_document(post)
    api = client("download_envelopedocument")
    for accepted in ("application/pdf", "image/png", "text/html"):
        answer = api.get(url, headers={"Accept": accepted})
        assert answer.headers["Content-Type"] == "application/pdf"


def test_content_that_is_no_pdf_is_of_no_type(post: Post) -> None:
    html = base64.b64encode(b"<script>alert(1)</script>").decode()
    answer = download(tell_document(post, PDFBytes=html, name="a.html"))
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("name", "disposition"),
    [
        ("Lease", 'filename="Lease.pdf"'),
        ("LEASE.PDF", 'filename="LEASE.pdf"'),
        ("../../etc/passwd", 'filename="passwd.pdf"'),
        ("C:\\boot.ini", 'filename="boot.ini.pdf"'),
        ('a"; filename="b.exe', 'filename="a_; filename=_b.exe.pdf"'),
        ("a\r\nSet-Cookie: b", 'filename="a__Set-Cookie_ b.pdf"'),
        ("x\u202efdp.exe", 'filename="x_fdp.exe.pdf"'),
        ("Straße", "filename*=utf-8''Stra%C3%9Fe.pdf"),
        ("", 'filename="document.pdf"'),
        ("...", 'filename="document.pdf"'),
        ("n" * 500, f'filename="{"n" * 120}.pdf"'),
    ],
)
def test_name_of_the_file_is_made_safe(post: Post, name: str, disposition: str) -> None:
    answer = download(tell_document(post, name=name))
    assert answer.headers["Content-Disposition"] == f"attachment; {disposition}"


@pytest.mark.parametrize("document_id", ["certificate", "a/b", "ä b", "x\ny", "?#%2F"])
def test_file_of_any_document_id_is_found(post: Post, document_id: str) -> None:
    assert download(tell_document(post, documentId=document_id)).getvalue() == PDF


@pytest.mark.parametrize("document_id", ["%00", "..", "9" * 5000, "%ff%fe"])
def test_odd_document_id_is_not_found(post: Post, document_id: str) -> None:
    url = tell_document(post).replace("documents/1/", f"documents/{document_id}/")
    assert download(url).status_code == 404
