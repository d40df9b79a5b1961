"""The read API narrowed to tenants, as the docs show it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import Group, User
from rest_framework.test import APIClient

from django_docusign_connect.models import ConnectMessage
from tests.api_client import ENVELOPES, MESSAGES, client, ids
from tests.bodies import sim

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.tenant_api")]
Post = Callable[..., Any]
ACCOUNTS = ["ours", "theirs"]
OURS, THEIRS = (str(UUID(int=number)) for number in (1, 2))
ALL = ["view_envelope", "download_envelopedocument"]
ALL += ["view_connectmessage", "view_connectmessage_body"]


@pytest.fixture
def api(post: Post) -> APIClient:
    """Return a client of the first of two tenants, who may see all there is of it."""
    pdf = base64.b64encode(b"%PDF-1.7").decode()
    for account, envelope_id in zip(ACCOUNTS, [OURS, THEIRS], strict=True):
        documents = [{"documentId": "1", "name": "Lease", "PDFBytes": pdf}]
        summary = {"status": "sent", "envelopeDocuments": documents}
        told: dict[str, Any] = {"accountId": account, "envelopeId": envelope_id}
        body = sim("envelope-sent", summary=summary, **told)
        assert post(body).status_code == 200
    api = client(*ALL, is_staff=True)
    Group.objects.create(name="ours").user_set.add(User.objects.get())
    return api


def paths(envelope_id: str) -> list[str]:
    message = ConnectMessage.objects.get(envelope_id=envelope_id)
    ends = ["", "events/", "documents/1/", "stream/"]
    return [
        *(f"{ENVELOPES}{envelope_id}/{end}" for end in ends),
        f"{MESSAGES}{message.pk}/",
        f"{MESSAGES}{message.pk}/body/",
    ]


def test_lists_hold_what_is_of_the_tenant(api: APIClient) -> None:
    assert ids(api.get(ENVELOPES)) == [OURS]
    assert ids(api.get(MESSAGES)) == [OURS]
    for narrowed in ({"search": THEIRS}, {"account_id": "theirs"}):
        assert ids(api.get(ENVELOPES, narrowed)) == []


def test_every_path_of_another_tenant_is_not_found(api: APIClient) -> None:
    assert [api.get(path).status_code for path in paths(OURS)] == [200] * 6
    assert [api.get(path).status_code for path in paths(THEIRS)] == [404] * 6


def test_tag_of_what_the_tenant_sees_no_more_does_not_tell_that_it_is_there(
    api: APIClient,
) -> None:
    path = paths(OURS)[0]
    etag = api.get(path).headers["ETag"]
    Group.objects.all().delete()
    assert api.get(path, headers={"If-None-Match": etag}).status_code == 404


def test_document_is_told_with_a_url_of_the_projects_own_router(api: APIClient) -> None:
    [document] = api.get(paths(OURS)[0]).json()["documents"]
    assert document["url"] == f"http://testserver{paths(OURS)[2]}"
