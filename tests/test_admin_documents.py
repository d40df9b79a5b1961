from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from django_docusign_connect.models import Envelope, EnvelopeDocument
from tests.admin_pages import ENVELOPES, PDF, document, page_of, read, staff, tell

pytestmark = pytest.mark.django_db
Post = Callable[..., Any]


def tell_document(post: Post, **values: Any) -> EnvelopeDocument:
    envelope = tell(post, envelopeDocuments=[document(**values)])
    return envelope.documents.get()


def url_of(kept: EnvelopeDocument) -> str:
    return f"{ENVELOPES}{kept.envelope_id}/documents/{kept.pk}/"


def download(kept: EnvelopeDocument) -> Any:
    return staff("view_envelope", "download_envelopedocument").get(url_of(kept))


def test_document_is_shown_with_size_and_digest_and_downloaded_as_it_came(
    post: Post,
) -> None:
    kept = tell_document(post)
    reader = staff("view_envelope", "download_envelopedocument")
    page = read(reader, page_of(kept.envelope))
    assert kept.sha256 in page
    assert f'href="{url_of(kept)}"' in page
    assert b"".join(download(kept).streaming_content) == PDF


def test_download_is_never_shown_run_or_guessed_by_a_browser(post: Post) -> None:
    html = tell_document(post, name="page.html", content=b"<script>alert(1)</script>")
    headers = download(html).headers
    assert headers["Content-Disposition"] == 'attachment; filename="page.html.bin"'
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Lease.pdf", 'filename="Lease.pdf"'),
        ("Lease.docx", 'filename="Lease.docx.pdf"'),
        ("../../etc/passwd", 'filename="passwd.pdf"'),
        ('a"; filename="b.exe', 'filename="a_; filename=_b.exe.pdf"'),
        ("a\r\nSet-Cookie: b=c", 'filename="a__Set-Cookie_ b=c.pdf"'),
        ("a\u202efdp.exe", 'filename="a_fdp.exe.pdf"'),
        ("Mietvertrag für Łódź", "filename*=utf-8''Mietvertrag%20f%C3%BCr%20%C5%81"),
        (" . ", 'filename="document.pdf"'),
        ("x" * 1000, f'filename="{"x" * 120}.pdf"'),
    ],
)
def test_file_is_named_after_the_document_and_nothing_worse(
    post: Post, name: str, shown: str
) -> None:
    disposition = download(tell_document(post, name=name)).headers[
        "Content-Disposition"
    ]
    assert disposition.startswith(f"attachment; {shown}")


def test_who_may_not_download_is_told_which_permission_is_needed(post: Post) -> None:
    kept = tell_document(post)
    reader = staff("view_envelope")
    page = read(reader, page_of(kept.envelope))
    assert "the permission download_envelopedocument is needed" in page
    assert url_of(kept) not in page
    assert reader.get(url_of(kept)).status_code == 403


def test_who_may_not_view_the_envelope_downloads_nothing_of_it(post: Post) -> None:
    kept = tell_document(post)
    assert staff("download_envelopedocument").get(url_of(kept)).status_code == 404


def test_document_of_another_envelope_is_not_found(post: Post) -> None:
    kept = tell_document(post)
    other = tell(post, 2)
    kept.envelope_id = other.pk
    assert download(kept).status_code == 404


def test_document_that_no_message_brought_has_no_file(post: Post) -> None:
    envelope = tell(post, envelopeDocuments=[{"documentId": "1", "name": "Lease"}])
    kept = envelope.documents.get()
    reader = staff("view_envelope", "download_envelopedocument")
    assert "No message brought it." in read(reader, page_of(envelope))
    assert reader.get(url_of(kept)).status_code == 404


def test_file_that_is_lost_is_not_found(post: Post) -> None:
    kept = tell_document(post)
    kept.file.storage.delete(str(kept.file.name))
    assert download(kept).status_code == 404
    assert Envelope.objects.exists()
