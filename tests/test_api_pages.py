from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from rest_framework.test import APIClient

from django_docusign_connect.models import Envelope
from tests.api_client import ENVELOPES, MESSAGES, client, ids, tell, walk

pytestmark = pytest.mark.django_db
Post = Callable[..., Any]

#: When each of ten envelopes was created; None: not known.
CREATED = [None, "2024-01-02", "2024-01-01", None, "2024-01-02", "2024-01-02"]
CREATED += ["2024-01-03", None, None, "2024-01-01"]


@pytest.fixture
def api(post: Post) -> APIClient:
    """Return a client of the ten, whose changes have the order of their numbers."""
    for number, day in enumerate(CREATED):
        times = {"createdDateTime": f"{day}T00:00:00Z"} if day else {}
        tell(post, number, **times, statusChangedDateTime="2024-02-01T00:00:00Z")
    return client("view_envelope")


def expected(ordering: str) -> list[str]:
    """Return the ten in order, worked out by hand in Python."""
    numbers = list(range(len(CREATED)))
    if ordering.startswith("-"):
        numbers.reverse()
    if ordering.endswith("created_at"):
        dated = [n for n in numbers if CREATED[n]]
        dated.sort(key=lambda n: str(CREATED[n]), reverse=ordering.startswith("-"))
        numbers = dated + [n for n in numbers if not CREATED[n]]
    return [str(UUID(int=number)) for number in numbers]


ORDERINGS = ["created_at", "-created_at", "changed_at", "-changed_at"]
ORDERINGS += ["status_changed_at", "-status_changed_at"]


@pytest.mark.parametrize("ordering", ORDERINGS)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 10])
def test_pages_hold_each_row_once_forwards_and_back(
    api: APIClient, ordering: str, size: int
) -> None:
    forwards = list(walk(api, f"{ENVELOPES}?ordering={ordering}&page_size={size}"))
    rows = [row["envelope_id"] for page in forwards for row in page["results"]]
    assert rows == expected(ordering)
    back = list(walk(api, forwards[-1]["previous"], link="previous"))[::-1]
    assert [p["results"] for p in back] == [p["results"] for p in forwards[:-1]]


def test_newest_change_comes_first_unless_asked_otherwise(api: APIClient) -> None:
    assert ids(api.get(ENVELOPES)) == expected("-changed_at")


def test_page_before_links_to_the_page_after(api: APIClient) -> None:
    first, second, *_ = walk(api, f"{ENVELOPES}?page_size=4")
    again = api.get(second["previous"]).json()
    assert again["results"] == first["results"]
    assert again["previous"] is None
    assert api.get(again["next"]).json()["results"] == second["results"]


def test_row_that_goes_between_two_pages_shifts_no_other(api: APIClient) -> None:
    page = api.get(f"{ENVELOPES}?ordering=created_at&page_size=4").json()
    Envelope.objects.filter(envelope_id=page["results"][-1]["envelope_id"]).delete()
    assert ids(api.get(page["next"])) == expected("created_at")[4:8]


def test_poller_meets_envelopes_that_change_meanwhile_at_the_end(
    post: Post, api: APIClient
) -> None:
    page = api.get(f"{ENVELOPES}?ordering=changed_at&page_size=8").json()
    tell(post, 0, status="delivered")
    assert ids(api.get(page["next"])) == [*expected("changed_at")[8:], str(UUID(int=0))]


def test_page_has_fifty_rows_and_at_most_two_hundred(post: Post) -> None:
    Envelope.objects.bulk_create(
        Envelope(envelope_id=UUID(int=number)) for number in range(210)
    )
    api = client("view_envelope")
    assert len(ids(api.get(ENVELOPES))) == 50
    assert len(ids(api.get(ENVELOPES, {"page_size": "9" * 900}))) == 200


def test_links_keep_the_other_parameters(api: APIClient) -> None:
    url = f"{ENVELOPES}?status=sent&ordering=-created_at&page_size=2&search=Lease"
    link = api.get(url).json()["next"]
    for parameter in ("status=sent", "ordering=-created_at", "page_size=2"):
        assert parameter in link
    assert link.startswith("http://testserver/api/docusign/envelopes/?")


def encode(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


TIME = "2024-01-01T00:00:00+00:00"


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "é",
        "%%%",
        "=" * 9,
        "[" * 900,
        encode(None),
        encode({}),
        encode([]),
        encode("abcd"),
        encode(["-created_at", TIME, 1, False]),
        encode(["-changed_at", TIME, 1]),
        encode(["-changed_at", TIME, "1", False]),
        encode(["-changed_at", TIME, True, False]),
        encode(["-changed_at", TIME, 2**63, False]),
        encode(["-changed_at", TIME, -1, False]),
        encode(["-changed_at", TIME, 1.5, False]),
        encode(["-changed_at", 5, 1, False]),
        encode(["-changed_at", "soon", 1, False]),
        encode(["-changed_at", "2024-01-01T00:00:00", 1, False]),
        encode(["-changed_at", "0001-01-01T00:00:00+14:00", 1, False]),
        base64.urlsafe_b64encode(b"[" * 700).decode(),
    ],
)
def test_garbage_as_a_cursor_is_answered_with_400(cursor: str) -> None:
    answer = client("view_envelope").get(ENVELOPES, {"cursor": cursor})
    assert answer.status_code == 400
    assert list(answer.json()) == ["cursor"]


def test_cursor_without_a_time_where_all_rows_have_one_finds_nothing(
    api: APIClient,
) -> None:
    cursor = encode(["-changed_at", None, 1, False])
    assert ids(api.get(ENVELOPES, {"cursor": cursor})) == []


def test_page_that_is_as_it_was_is_answered_with_304(post: Post) -> None:
    tell(post, 1)
    api = client("view_envelope", "view_connectmessage", is_staff=True)
    for path in (ENVELOPES, f"{ENVELOPES}{UUID(int=1)}/events/", MESSAGES):
        etag = api.get(path).headers["ETag"]
        again = api.get(path, headers={"If-None-Match": etag})
        assert (again.status_code, again.content) == (304, b"")
        assert "private" in again.headers["Cache-Control"]


def test_page_is_sent_again_once_a_row_of_it_changes(
    api: APIClient, post: Post
) -> None:
    etag = api.get(ENVELOPES).headers["ETag"]
    tell(post, 3, status="completed")
    changed = api.get(ENVELOPES, headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != etag


def test_browsed_page_has_links_to_its_neighbours(api: APIClient) -> None:
    second = api.get(f"{ENVELOPES}?page_size=4").json()["next"]
    page = api.get(second, headers={"Accept": "text/html"}).content.decode()
    assert 'rel="prev"' in page
    assert 'rel="next"' in page
