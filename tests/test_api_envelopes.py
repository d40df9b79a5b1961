from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient, APIRequestFactory, force_authenticate

from django_docusign_connect.api.views import EnvelopeViewSet
from django_docusign_connect.models import Envelope
from tests.api_client import (
    API,
    ENVELOPES,
    client,
    custom_fields,
    ids,
    signers,
    tell,
)
from tests.bodies import ENVELOPE_ID, sample, sim

pytestmark = pytest.mark.django_db
Post = Callable[..., Any]
DETAIL = f"{ENVELOPES}{ENVELOPE_ID}/"


def test_envelope_is_told_as_docusign_sent_it(post: Post) -> None:
    post(sample("json/envelope_completed_full.json"))
    answer = client("view_envelope").get(DETAIL).json()
    assert answer["envelope_id"] == "7a5f1e05-6b6b-445e-9ec0-b8531bacca38"
    assert answer["account_id"] == "ebeffd2b-d050-4e1a-beae-787ac2aab843"
    assert answer["status"] == "completed"
    assert answer["subject"] == "Please DocuSign: 1661781086_CE TEMPLATE 01.pdf"
    assert answer["sender_email"] == "person1@example.com"
    assert answer["completed_at"] == "2022-09-22T15:22:52.920000Z"
    assert answer["expires_at"] == "2023-01-20T15:19:41.090000Z"
    assert answer["voided_at"] is None
    assert answer["target"] is None


def test_detail_holds_recipients_with_their_state(post: Post) -> None:
    post(sample("json/envelope_completed_full.json"))
    [recipient] = client("view_envelope").get(DETAIL).json()["recipients"]
    assert recipient["recipient_id"] == "98969862"
    assert recipient["recipient_id_guid"] == "4cf8e55c-b611-4ab5-bddd-9bc640bfc911"
    assert recipient["type"] == "signer"
    assert recipient["routing_order"] == 1
    assert recipient["status"] == "completed"
    assert recipient["signed_at"] == "2022-09-22T15:22:52.920000Z"


def test_list_holds_envelopes_without_recipients(post: Post) -> None:
    tell(post, customFields=custom_fields(lease="17"))
    [row] = client("view_envelope").get(ENVELOPES).json()["results"]
    assert row["subject"] == "Lease 1"
    assert row["custom_fields"] == {"lease": "17"}
    assert "recipients" not in row


def test_internal_columns_are_not_told(post: Post) -> None:
    tell(post)
    api = client("view_envelope")
    told = api.get(ENVELOPES).content + api.get(f"{ENVELOPES}{UUID(int=1)}/").content
    assert b"stamps" not in told
    assert b"newest_at" not in told


def test_target_is_told_by_type_and_key(post: Post) -> None:
    user = User.objects.create(username="tenant")
    Envelope.objects.track(tell(post), target=user)
    [row] = client("view_envelope").get(ENVELOPES).json()["results"]
    assert row["target"] == {"type": "auth.user", "id": str(user.pk)}


def test_times_are_in_utc_whatever_the_project_formats(
    post: Post, settings: Any
) -> None:
    settings.REST_FRAMEWORK = {"DATETIME_FORMAT": "%d.%m.%Y"}
    tell(post, createdDateTime="2024-07-01T12:00:00+02:00")
    [row] = client("view_envelope").get(ENVELOPES).json()["results"]
    assert row["created_at"] == "2024-07-01T10:00:00Z"
    assert row["changed_at"].endswith("Z")


def test_timeline_is_in_order_of_time_and_marks_what_came_late(post: Post) -> None:
    post(sample("json/envelope_completed_full.json"))
    post(sim("envelope-created", generated="2022-09-22T15:19:24.5Z"))
    page = client("view_envelope").get(f"{DETAIL}events/").json()
    told = [(event["name"], event["is_late"]) for event in page["results"]]
    assert told == [("envelope-created", True), ("envelope-completed", False)]
    assert set(page) == {"next", "previous", "results"}


def test_event_tells_whom_it_is_about(post: Post) -> None:
    tell(post, recipients=signers("anna@example.com"))
    post(sim("recipient-delivered", envelopeId=str(UUID(int=1)), recipientId="1"))
    page = client("view_envelope").get(f"{ENVELOPES}{UUID(int=1)}/events/").json()
    [event] = [e for e in page["results"] if e["name"] == "recipient-delivered"]
    assert event["recipient"]["email"] == "anna@example.com"
    assert event["recipient"]["recipient_id"] == "1"
    assert event["is_late"] is False
    assert event["is_inferred"] is False


def test_unknown_envelope_is_not_found() -> None:
    api = client("view_envelope")
    for path in ("", "events/"):
        assert api.get(f"{ENVELOPES}{UUID(int=404)}/{path}").status_code == 404


@pytest.mark.parametrize("path", ["", f"{UUID(int=1)}/", f"{UUID(int=1)}/events/"])
def test_reading_takes_the_permission_to_view_envelopes(post: Post, path: str) -> None:
    tell(post)
    assert client("view_envelope").get(ENVELOPES + path).status_code == 200
    assert client("view_connectmessage").get(ENVELOPES + path).status_code == 403
    assert APIClient().get(ENVELOPES + path).status_code in (401, 403)


def test_defaults_of_the_project_do_not_open_the_api(settings: Any) -> None:
    settings.REST_FRAMEWORK = {
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"]
    }
    for path in ("envelopes/", "messages/"):
        assert APIClient().get(API + path).status_code in (401, 403)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written(method: str) -> None:
    api = client("view_envelope", "change_envelope", "delete_envelope")
    api.handler.enforce_csrf_checks = False
    answer = getattr(api, method)(ENVELOPES, {"status": "voided"}, format="json")
    assert answer.status_code == 405
    assert api.head(ENVELOPES).status_code == 200
    assert api.options(ENVELOPES).status_code == 200


def test_unchanged_envelope_is_answered_with_304(post: Post) -> None:
    api, url = client("view_envelope"), f"{ENVELOPES}{tell(post)}/"
    etag = api.get(url).headers["ETag"]
    unchanged = api.get(url, headers={"If-None-Match": etag})
    assert unchanged.status_code == 304
    assert unchanged.content == b""
    assert unchanged.headers["ETag"] == etag
    assert "private" in unchanged.headers["Cache-Control"]


def test_304_costs_one_query_beside_the_session(post: Post) -> None:
    api, url = client("view_envelope"), f"{ENVELOPES}{tell(post)}/"
    etag = api.get(url).headers["ETag"]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        api.get(url, headers={"If-None-Match": etag})
    ours = [q for q in queries if "docusign_connect_" in q["sql"]]
    assert len(ours) == 1


def test_tag_changes_with_what_is_told(post: Post) -> None:
    api, url = client("view_envelope"), f"{ENVELOPES}{tell(post)}/"
    tags = [api.get(url).headers["ETag"]]
    post(sim("recipient-sent", envelopeId=str(UUID(int=1)), recipientId="7"))
    tags.append(api.get(url).headers["ETag"])
    Envelope.objects.track(UUID(int=1), target=User.objects.create(username="tenant"))
    tags.append(api.get(url).headers["ETag"])
    assert len(set(tags)) == 3
    assert api.get(url, headers={"If-None-Match": tags[0]}).status_code == 200


def count_queries(api: APIClient, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert api.get(url).status_code == 200
    return len(queries)


def test_list_of_fifty_costs_as_many_queries_as_one_of_five(post: Post) -> None:
    api, user = client("view_envelope"), User.objects.create(username="tenant")
    for number in range(50):
        Envelope.objects.track(tell(post, number, recipients=signers("a@example.com")))
        Envelope.objects.track(UUID(int=number), target=user)
    for ordering in ("changed_at", "-created_at"):
        url = f"{ENVELOPES}?ordering={ordering}&page_size="
        assert count_queries(api, f"{url}5") <= count_queries(api, f"{url}50") <= 6
    assert count_queries(api, f"{ENVELOPES}?page_size=5") == count_queries(
        api, f"{ENVELOPES}?page_size=50"
    )


def test_detail_with_fifty_recipients_costs_as_many_queries_as_with_five(
    post: Post,
) -> None:
    api = client("view_envelope")
    few = tell(post, 5, recipients=signers(*["a@example.com"] * 5))
    many = tell(post, 50, recipients=signers(*["a@example.com"] * 50))
    for path in ("", "events/"):
        counts = [count_queries(api, f"{ENVELOPES}{e}/{path}") for e in (few, many)]
        assert counts[0] == counts[1]


@pytest.mark.parametrize("path", ["", f"{UUID(int=1)}/", f"{UUID(int=1)}/events/"])
def test_api_can_be_browsed(post: Post, path: str) -> None:
    tell(post, emailSubject="<script>alert(1)</script>")
    page = client("view_envelope").get(
        ENVELOPES + path, headers={"Accept": "text/html"}
    )
    assert page.status_code == 200
    assert page.headers["Content-Type"].startswith("text/html")
    assert b"<script>alert" not in page.content


class TenantEnvelopeViewSet(EnvelopeViewSet):
    """As a host would narrow it."""

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(account_id="ours")


@pytest.mark.parametrize("action", ["retrieve", "events", "document"])
def test_narrowed_view_hides_others_on_every_path(post: Post, action: str) -> None:
    envelope_id = tell(post)
    view = TenantEnvelopeViewSet.as_view({"get": action}, detail=True)
    request = APIRequestFactory().get("/")
    force_authenticate(request, User.objects.create(username="a", is_superuser=True))
    answer = view(request, envelope_id=envelope_id, document_id="1")
    assert answer.status_code == 404


def test_narrowed_list_hides_others(post: Post) -> None:
    tell(post)
    request = APIRequestFactory().get("/")
    force_authenticate(request, User.objects.create(username="a", is_superuser=True))
    answer = TenantEnvelopeViewSet.as_view({"get": "list"})(request)
    assert answer.data["results"] == []


def test_changed_at_is_when_something_was_learned(post: Post) -> None:
    before = datetime.now(timezone.utc)
    tell(post)
    [row] = client("view_envelope").get(ENVELOPES).json()["results"]
    assert before <= datetime.fromisoformat(row["changed_at"].replace("Z", "+00:00"))
    assert ids(client("view_envelope").get(ENVELOPES)) == [row["envelope_id"]]


def test_late_event_that_changes_nothing_else_moves_changed_at(post: Post) -> None:
    # A poller that asks by changed_after would else never hear of it.
    post(sim("envelope-completed", generated="2026-05-03T12:00:00Z"))
    before = vars(Envelope.objects.get())
    post(sim("envelope-resent", generated="2026-05-01T12:00:00Z"))
    after = vars(Envelope.objects.get())
    differ = {name for name in before if before[name] != after[name]}
    assert differ - {"_state"} == {"changed_at"}
    assert after["changed_at"] > before["changed_at"]
