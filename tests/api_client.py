"""Clients of the read API, and envelopes for it that signed messages tell of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Permission, User
from rest_framework.test import APIClient

from tests.bodies import sim

API = "/api/docusign/"
ENVELOPES = f"{API}envelopes/"
MESSAGES = f"{API}messages/"


def client(*permissions: str, is_staff: bool = False) -> APIClient:
    """Return a client, signed in as a user with just these permissions."""
    user = User.objects.create(username=f"user{User.objects.count()}")
    user.is_staff = is_staff
    user.save()
    user.user_permissions.set(
        Permission.objects.filter(
            content_type__app_label="docusign_connect", codename__in=permissions
        )
    )
    api = APIClient(enforce_csrf_checks=True)
    api.force_login(user)
    return api


def tell(post: Callable[..., Any], number: int = 1, **summary: Any) -> str:
    """Post a message about the envelope of a number; return the envelope's ID."""
    envelope_id = str(UUID(int=number))
    body = sim(
        "envelope-sent",
        envelopeId=envelope_id,
        summary={"status": "sent", "emailSubject": f"Lease {number}"} | summary,
    )
    assert post(body).status_code == 200
    return envelope_id


def signers(*emails: str) -> dict[str, Any]:
    return {
        "signers": [
            {"recipientId": str(number), "email": email, "name": f"Signer {number}"}
            for number, email in enumerate(emails, start=1)
        ]
    }


def custom_fields(**fields: str) -> dict[str, Any]:
    return {
        "textCustomFields": [
            {"name": name, "value": value} for name, value in fields.items()
        ]
    }


def ids(response: Any) -> list[str]:
    """Return the envelope IDs of a page."""
    assert response.status_code == 200, response.content
    return [row["envelope_id"] for row in response.json()["results"]]


def walk(api: APIClient, url: str | None, *, link: str = "next") -> Iterator[Any]:
    """Give the rows of a page and of all those that follow by a link."""
    while url:
        page = api.get(url).json()
        yield page
        url = page[link]
