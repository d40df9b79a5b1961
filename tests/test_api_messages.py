from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from django_docusign_connect.models import ConnectMessage
from tests.api_client import API, MESSAGES, client, tell
from tests.bodies import sim, xml

pytestmark = pytest.mark.django_db
Post = Callable[..., Any]


def staff(*permissions: str) -> APIClient:
    return client(*permissions, is_staff=True)


def keys(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def body_url() -> str:
    return f"{MESSAGES}{ConnectMessage.objects.get().pk}/body/"


def test_message_is_told_without_its_body(post: Post) -> None:
    tell(post)
    [row] = staff("view_connectmessage").get(MESSAGES).json()["results"]
    assert row["event"] == "envelope-sent"
    assert row["envelope_id"] == str(UUID(int=1))
    assert row["status"] == "processed"
    assert row["generated_at"] == "2022-09-22T15:22:53.458074Z"
    assert row["source"] == "webhook"
    assert not {"body", "inline_body", "body_file"} & set(row)


def test_failure_is_told_with_its_traceback_on_its_own_page(post: Post) -> None:
    post(b"{broken")
    api = staff("view_connectmessage")
    [row] = api.get(MESSAGES, {"status": "failed"}).json()["results"]
    detail = api.get(f"{MESSAGES}{row['id']}/").json()
    assert detail["error"]
    assert "traceback" in detail
    assert "traceback" not in row


def test_list_reads_no_body(post: Post) -> None:
    tell(post)
    with CaptureQueriesContext(connection) as queries:
        staff("view_connectmessage").get(MESSAGES)
    assert not [query for query in queries if "inline_body" in query["sql"]]


@pytest.mark.parametrize("path", ["", "{pk}/"])
def test_messages_are_for_staff_with_the_permission(post: Post, path: str) -> None:
    tell(post)
    url = MESSAGES + path.format(pk=ConnectMessage.objects.get().pk)
    assert staff("view_connectmessage").get(url).status_code == 200
    assert staff("view_envelope").get(url).status_code == 403
    assert client("view_connectmessage").get(url).status_code == 403
    assert APIClient().get(url).status_code in (401, 403)


def test_body_is_for_staff_with_a_permission_of_its_own(post: Post) -> None:
    tell(post)
    url = body_url()
    assert staff("view_connectmessage_body").get(url).status_code == 200
    assert staff("view_connectmessage").get(url).status_code == 403
    assert client("view_connectmessage_body").get(url).status_code == 403


@pytest.mark.parametrize(
    ("content_type", "told", "suffix"),
    [
        ("application/json; charset=utf-8", "application/json; charset=utf-8", "json"),
        ("text/xml", "text/xml", "xml"),
        ("application/soap+xml; charset=utf-8", None, "xml"),
        ("text/html", "application/octet-stream", "bin"),
        ("image/svg+xml", "application/octet-stream", "bin"),
        ("text/xml; charset=<b>", "application/octet-stream", "bin"),
        ("", "application/octet-stream", "bin"),
    ],
)
def test_body_is_an_attachment_of_the_bytes_as_they_came(
    post: Post, content_type: str, told: str | None, suffix: str
) -> None:
    post(xml(), content_type=content_type)
    answer = staff("view_connectmessage_body").get(body_url())
    assert answer.getvalue() == xml()
    assert answer.headers["Content-Type"] == (told or content_type)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    name = f"message-{ConnectMessage.objects.get().pk}.{suffix}"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'


def test_body_that_is_kept_in_a_file_is_read_all_the_same(
    post: Post, configure: Callable[..., None]
) -> None:
    configure(BODY_INLINE_BYTES=10)
    tell(post)
    answer = staff("view_connectmessage_body").get(body_url())
    assert answer.getvalue() == ConnectMessage.objects.get().body != b""


def test_body_that_was_dropped_is_not_found(post: Post) -> None:
    tell(post)
    ConnectMessage.objects.update(inline_body=None)
    assert staff("view_connectmessage_body").get(body_url()).status_code == 404


@pytest.fixture
def messages(post: Post, configure: Callable[..., None]) -> list[int]:
    """Return the keys of three messages, in the order in which they came."""
    configure(LISTENERS={"tenant": {}})
    tell(post, 1)
    post(sim("envelope-completed"), listener="tenant/")
    post(b"{broken")
    return list(ConnectMessage.objects.order_by("pk").values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({}, [2, 1, 0]),
        ({"ordering": "received_at"}, [0, 1, 2]),
        ({"status": "failed"}, [2]),
        ({"status": "failed,processed"}, [2, 1, 0]),
        ({"event": "envelope-completed"}, [1]),
        ({"listener": "tenant"}, [1]),
        ({"envelope_id": str(UUID(int=1))}, [0]),
        ({"received_after": "2020-01-01T00:00:00Z"}, [2, 1, 0]),
        ({"received_before": "2020-01-01T00:00:00Z"}, []),
    ],
)
def test_messages_are_found_by(
    messages: list[int], parameters: dict[str, str], found: list[int]
) -> None:
    answer = staff("view_connectmessage").get(MESSAGES, parameters)
    assert keys(answer) == [messages[index] for index in found]


def test_messages_come_in_pages(messages: list[int]) -> None:
    api = staff("view_connectmessage")
    first = api.get(MESSAGES, {"page_size": 2})
    assert keys(first) == messages[:0:-1]
    assert keys(api.get(first.json()["next"])) == messages[:1]


@pytest.mark.parametrize(
    "parameters",
    [
        {"envelope_id": "17"},
        {"received_after": "soon"},
        {"status": "unknown"},
        {"status": "failed,unknown"},
        {"received_before": "x\0"},
        {"event": "\0"},
        {"listener": "a" * 1001},
        {"ordering": "size"},
        {"cursor": "x"},
    ],
)
def test_wrong_parameter_is_answered_with_400(parameters: dict[str, str]) -> None:
    answer = staff("view_connectmessage").get(MESSAGES, parameters)
    assert answer.status_code == 400
    assert list(answer.json()) == list(parameters)


@pytest.mark.parametrize(
    "path", ["0/", "%D9%A3/", "%00/", "9" * 30 + "/", "9" * 5000 + "/", "x/", "-1/"]
)
def test_key_of_no_message_is_not_found(path: str) -> None:
    answer = staff("view_connectmessage").get(MESSAGES + path)
    assert answer.status_code == 404
    assert list(answer.json()) == ["detail"]


@pytest.mark.parametrize("name", ["1", "not-a-uuid", "0" * 32, "%00", "9" * 400])
def test_what_is_no_envelope_id_is_not_found(name: str) -> None:
    for end in ("", "events/", "documents/1/", "stream/"):
        answer = staff("view_envelope", "download_envelopedocument").get(
            f"{API}envelopes/{name}/{end}"
        )
        assert answer.status_code == 404
        assert list(answer.json()) == ["detail"]
