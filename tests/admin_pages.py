"""Staff in the admin, and what signed messages tell of for them to look at."""

from __future__ import annotations

import base64
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from django_docusign_connect.models import ConnectMessage, Envelope
from tests.bodies import sim

ENVELOPES = "/admin/docusign_connect/envelope/"
MESSAGES = "/admin/docusign_connect/connectmessage/"
SCRIPT = "<script>alert(1)</script>"
PDF = b"%PDF-1.7 a lease".ljust(1000)


def staff(*permissions: str) -> Client:
    """Return the browser of one who has these permissions of the app, and no more."""
    user = User.objects.create(username=f"staff{User.objects.count()}", is_staff=True)
    user.user_permissions.set(
        Permission.objects.filter(
            content_type__app_label="docusign_connect", codename__in=permissions
        )
    )
    browser = Client()
    browser.force_login(user)
    return browser


def read(browser: Client, url: str) -> str:
    """Return a page as text, its white space made single."""
    response = browser.get(url)
    assert response.status_code == 200, response
    return " ".join(response.content.decode().split())


def tell(post: Callable[..., Any], number: int = 1, **summary: Any) -> Envelope:
    """Post that an envelope was sent; return it."""
    envelope_id = UUID(int=number)
    body = sim(
        "envelope-sent",
        envelopeId=str(envelope_id),
        summary={"status": "sent", "emailSubject": f"Lease {number}"} | summary,
    )
    assert post(body).status_code == 200
    return Envelope.objects.get(envelope_id=envelope_id)


def document(name: str = "Lease.docx", content: bytes = PDF) -> dict[str, str]:
    encoded = base64.b64encode(content).decode()
    return {"documentId": "1", "name": name, "type": "content", "PDFBytes": encoded}


def page_of(row: Envelope | ConnectMessage) -> str:
    return f"{ENVELOPES if isinstance(row, Envelope) else MESSAGES}{row.pk}/change/"


class FormFields(HTMLParser):
    """What a form of a page would send, as it stands there."""

    def __init__(self, page: str, form_id: str) -> None:
        super().__init__()
        self.form_id = form_id
        self.action = ""
        self.fields: dict[str, list[str]] = {}
        self.is_within = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.is_within = values.get("id") == self.form_id
            self.action = values["action"] if self.is_within else self.action
        if self.is_within and tag == "input":
            self.fields.setdefault(values["name"], []).append(values.get("value", ""))


def submit(browser: Client, page: Any, form_id: str, **fields: str) -> Any:
    """Submit a form of a page, some fields changed; return what comes of it."""
    form = FormFields(page.content.decode(), form_id)
    return browser.post(form.action, {**form.fields, **fields}, follow=True)


def choose(browser: Client, action: str, *, query: str = "", **fields: str) -> Any:
    """Tick all messages and choose an action; return the page that comes then."""
    chosen = list(ConnectMessage.objects.values_list("pk", flat=True))
    data = {"action": action, "index": "0", "_selected_action": chosen, **fields}
    page = browser.post(f"{MESSAGES}{query}", data, follow=True)
    assert page.status_code == 200
    return page


def told(page: Any) -> list[str]:
    """Return what the user is told of what was done."""
    assert page.status_code == 200
    return [str(message) for message in page.context["messages"]]


def count_queries(browser: Client, url: str) -> int:
    """Return how many queries a page makes, those of the session left out."""
    read(browser, url)
    with CaptureQueriesContext(connection) as queries:
        read(browser, url)
    return len(queries)
