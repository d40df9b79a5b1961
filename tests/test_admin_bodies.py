from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest

from django_docusign_connect.models import ConnectMessage
from tests.admin_pages import (
    MESSAGES,
    PDF,
    SCRIPT,
    document,
    page_of,
    staff,
    tell,
)
from tests.bodies import sample, sim, soap, xml

pytestmark = pytest.mark.django_db
Post = Callable[..., Any]
Configure = Callable[..., None]


def body_page(*permissions: str) -> str:
    reader = staff("view_connectmessage", *permissions)
    return reader.get(page_of(ConnectMessage.objects.get())).content.decode()


def shown_body() -> str:
    return body_page("view_connectmessage_body")


def download(*permissions: str) -> Any:
    message = ConnectMessage.objects.get()
    return staff(*permissions).get(f"{MESSAGES}{message.pk}/body/")


def test_body_is_shown_to_who_has_the_permission_and_others_are_told_of_it(
    post: Post,
) -> None:
    tell(post, emailSubject="A lease")
    assert "A lease" in shown_body()
    page = body_page()
    assert "A lease" not in page
    assert "the permission view_connectmessage_body is needed" in page


def test_json_is_indented_and_escaped(post: Post) -> None:
    tell(post, emailSubject=f"Café {SCRIPT}")
    page = shown_body()
    assert "\n      &quot;emailSubject&quot;: &quot;Café &lt;script&gt;" in page
    assert SCRIPT not in page


@pytest.mark.parametrize("body", [xml("<Subject>Café &amp; bar</Subject>"), soap()])
def test_xml_is_indented_and_escaped(post: Post, body: bytes) -> None:
    post(body, content_type="text/xml")
    page = shown_body()
    assert "  &lt;EnvelopeStatus&gt;\n" in page
    assert "<EnvelopeStatus>" not in page


def test_utf_16_is_shown_as_text(post: Post) -> None:
    post(xml().decode().replace("utf-8", "utf-16").encode("utf-16"))
    assert "  &lt;EnvelopeStatus&gt;\n" in shown_body()


def test_documents_are_folded_in_json(post: Post) -> None:
    tell(post, envelopeDocuments=[document()])
    page = shown_body()
    encoded = base64.b64encode(PDF).decode()
    assert "&quot;… 1.3 KB of base64, folded&quot;" in page
    assert encoded not in page


def test_documents_are_folded_in_xml(post: Post) -> None:
    encoded = base64.b64encode(PDF).decode()
    pdf = f"<DocumentPDF><PDFBytes>{encoded}</PDFBytes></DocumentPDF>"
    post(xml(after=f"<DocumentPDFs>{pdf}</DocumentPDFs>"), content_type="text/xml")
    page = shown_body()
    assert "&lt;PDFBytes&gt;… 1.3 KB of base64, folded&lt;/PDFBytes&gt;" in page
    assert encoded not in page


def test_other_long_base64_is_folded_too(post: Post) -> None:
    attachment = base64.b64encode(bytes(range(256)) * 64).decode()
    tell(post, attachments=[{"data": attachment, "name": "plan.dwg"}])
    page = shown_body()
    assert "&quot;data&quot;: &quot;… 21.3 KB of base64, folded&quot;" in page
    assert attachment[:100] not in page
    assert "plan.dwg" in page


def test_tools_to_search_and_copy_are_left_to_the_script(post: Post) -> None:
    tell(post)
    page = shown_body()
    assert '<div class="docusign-tools" id="docusign-tools" hidden' in page
    assert 'src="/static/docusign_connect/body.js" defer' in page


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b'{"event": "a', "{&quot;event&quot;: &quot;a"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "&lt;!DOCTYPE a"),
        (b"<a><b></a>", "&lt;a&gt;&lt;b&gt;&lt;/a&gt;"),
        (b"\xff\x00" + SCRIPT.encode(), "�&lt;script&gt;"),
        (b"[" * 100_000, "[[[[["),
        (b"", "It is empty."),
    ],
)
def test_unreadable_body_is_shown_as_it_came(
    post: Post, body: bytes, text: str
) -> None:
    post(body)
    page = shown_body()
    assert text in page
    assert SCRIPT not in page


def test_half_of_a_character_does_not_spoil_the_page(post: Post) -> None:
    post(sim("envelope-sent", note="\ud800 half"))
    assert "� half" in shown_body()


@pytest.mark.parametrize("size", [300_000, 1_500_000])
def test_only_the_start_of_a_long_body_is_shown(post: Post, size: int) -> None:
    tell(post, emailBlurb="x" * size + "its own end")
    page = shown_body()
    assert "Only its first 200000 characters are shown." in page
    assert "its own end" not in page
    assert len(page) < 260_000


def test_body_is_downloaded_as_it_came(post: Post) -> None:
    body = sample("json/envelope_completed_full.json")
    post(body)
    answer = download("view_connectmessage", "view_connectmessage_body")
    message = ConnectMessage.objects.get()
    assert b"".join(answer.streaming_content) == body
    name = f'attachment; filename="message-{message.pk}.json"'
    assert answer.headers["Content-Disposition"] == name
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_body_in_a_file_is_shown_and_downloaded_too(
    post: Post, configure: Configure
) -> None:
    configure(BODY_INLINE_BYTES=10)
    tell(post, emailSubject="A lease")
    assert "A lease" in shown_body()
    answer = download("view_connectmessage", "view_connectmessage_body")
    assert b"A lease" in b"".join(answer.streaming_content)


def test_download_needs_both_permissions(post: Post) -> None:
    tell(post)
    assert download("view_connectmessage").status_code == 403
    assert download("view_connectmessage_body").status_code == 404
    assert "body/" not in body_page()


@pytest.mark.parametrize("inline_bytes", [10, 10_000])
def test_body_that_is_not_kept_any_more_is_said_to_be(
    post: Post, configure: Configure, inline_bytes: int
) -> None:
    configure(BODY_INLINE_BYTES=inline_bytes)
    tell(post)
    message = ConnectMessage.objects.get()
    if message.body_file:
        message.body_file.storage.delete(str(message.body_file.name))
    else:
        ConnectMessage.objects.update(inline_body=None)
    assert "The body is not kept any more." in shown_body()
    permissions = ("view_connectmessage", "view_connectmessage_body")
    assert download(*permissions).status_code == 404
