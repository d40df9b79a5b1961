from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from django_docusign_connect.models import Envelope
from tests.api_client import ENVELOPES, client, custom_fields, ids, signers, tell
from tests.bodies import ACCOUNT_ID

pytestmark = pytest.mark.django_db
Post = Callable[..., Any]
FIRST, SECOND, THIRD = (str(UUID(int=number)) for number in (1, 2, 3))
ODD_NAMES = [
    "lease__in",
    "7",
    'say "hi"',
    "Größe",
    "a.b",
    "$[0]",
    "back\\slash",
    "' OR",
]


@pytest.fixture
def find(post: Post) -> Callable[..., list[str]]:
    """Return the envelopes of three that the parameters find."""
    tell(
        post,
        1,
        status="completed",
        emailSubject="Lease of Anna",
        sender={"email": "Landlord@example.com"},
        recipients=signers("anna@example.com", "Ben@example.com"),
        customFields=custom_fields(lease="17", city="Köln"),
    )
    tell(
        post,
        2,
        status="declined",
        emailSubject="Lease of Ben",
        sender={"email": "agent@example.com"},
        recipients=signers("ben@example.com"),
        customFields=custom_fields(lease="18", city="Köln"),
    )
    tell(
        post, 3, status="sent", emailSubject="100% of it", sender={"email": "x_y@e.org"}
    )
    api = client("view_envelope")

    def find(**parameters: Any) -> list[str]:
        return ids(api.get(ENVELOPES, {"ordering": "changed_at", **parameters}))

    return find


@pytest.mark.parametrize(
    "status", ["completed,declined", ["declined", "completed"], " declined ,completed,"]
)
def test_statuses_come_with_commas_or_repeated(
    find: Callable[..., list[str]], status: Any
) -> None:
    assert find(status=status) == [FIRST, SECOND]


@pytest.mark.parametrize(
    ("parameter", "value", "found"),
    [
        ("account_id", ACCOUNT_ID, [FIRST, SECOND, THIRD]),
        ("account_id", "another", []),
        ("sender_email", "landlord@EXAMPLE.com", [FIRST]),
        ("sender_email", "landlord", []),
        ("sender_email", "x%y@e.org", []),
        ("recipient_email", "ben@example.com", [FIRST, SECOND]),
        ("recipient_email", "anna@example.com", [FIRST]),
        ("custom_field", "lease:17", [FIRST]),
        ("custom_field", "city:Köln", [FIRST, SECOND]),
        ("custom_field", ["city:Köln", "lease:18"], [SECOND]),
        ("custom_field", ["lease:17", "lease:18"], []),
        ("custom_field", "lease:1", []),
        ("custom_field", "Lease:17", []),
        ("search", "LEASE", [FIRST, SECOND]),
        ("search", "anna@", [FIRST]),
        ("search", "agent@example", [SECOND]),
        ("search", "100%", [THIRD]),
        ("search", SECOND, [SECOND]),
        ("search", SECOND.replace("-", ""), [SECOND]),
        ("search", "BEN@example.com", [FIRST, SECOND]),
        ("search", "landlord@Example.com", [FIRST]),
        ("search", "a@example.com", []),
        ("search", "-", []),
        ("search", "0003", [THIRD]),
        ("status", "", [FIRST, SECOND, THIRD]),
        ("unknown", "ignored", [FIRST, SECOND, THIRD]),
    ],
)
def test_filter_finds(
    find: Callable[..., list[str]], parameter: str, value: Any, found: list[str]
) -> None:
    assert find(**{parameter: value}) == found


def test_filters_narrow_together(find: Callable[..., list[str]]) -> None:
    assert find(recipient_email="ben@example.com", status="declined") == [SECOND]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_name_of_a_custom_field_is_taken_as_it_is(post: Post, name: str) -> None:
    found = tell(post, 1, customFields=custom_fields(**{name: f"of {name}: yes"}))
    tell(post, 2, customFields=custom_fields(**{f"{name}2": f"of {name}: yes"}))
    answer = client("view_envelope").get(
        ENVELOPES, {"custom_field": f"{name}:of {name}: yes"}
    )
    assert ids(answer) == [found]


def test_changed_after_takes_the_time_itself_in_and_changed_before_does_not(
    find: Callable[..., list[str]],
) -> None:
    at = Envelope.objects.get(envelope_id=SECOND).changed_at.isoformat()
    assert find(changed_after=at) == [SECOND, THIRD]
    assert find(changed_before=at) == [FIRST]
    assert find(changed_after=at, changed_before=at) == []


def test_time_without_a_zone_is_in_utc(find: Callable[..., list[str]]) -> None:
    at = Envelope.objects.get(envelope_id=SECOND).changed_at
    assert find(changed_before=at.replace(tzinfo=None).isoformat()) == [FIRST]
    assert find(changed_after="2020-01-31") == [FIRST, SECOND, THIRD]


def test_late_message_brings_an_envelope_to_a_poller_again(
    post: Post, find: Callable[..., list[str]]
) -> None:
    at = Envelope.objects.get(envelope_id=THIRD).changed_at.isoformat()
    tell(post, 1, status="sent", sentDateTime="2001-01-01T00:00:00Z")
    assert find(changed_after=at) == [THIRD, FIRST]


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("changed_after", "yesterday"),
        ("changed_after", "2026-02-30T00:00:00Z"),
        ("changed_before", "0001-01-01T00:00:00+14:00"),
        ("changed_before", "9999-12-31T23:59:59-14:00"),
        ("changed_before", "9" * 40),
        ("custom_field", "lease"),
        ("custom_field", ":17"),
        ("ordering", "subject"),
        ("ordering", "created_at,changed_at"),
        ("page_size", "0"),
        ("page_size", "many"),
        ("page_size", "٣"),
        ("search", "a" * 1001),
        ("status", "sent\0"),
        ("recipient_email", "\0"),
        ("custom_field", "a\0:b"),
    ],
)
def test_wrong_value_is_answered_with_400_that_names_the_parameter(
    parameter: str, value: str
) -> None:
    answer = client("view_envelope").get(ENVELOPES, {parameter: value})
    assert answer.status_code == 400
    assert list(answer.json()) == [parameter]


@pytest.mark.parametrize("value", ["%", "_", "\\", "'\"--", "😀", "\ud7ff", "a" * 1000])
@pytest.mark.parametrize(
    "parameter", ["status", "account_id", "sender_email", "recipient_email", "search"]
)
def test_odd_text_finds_nothing_and_breaks_nothing(
    post: Post, parameter: str, value: str
) -> None:
    tell(post)
    answer = client("view_envelope").get(ENVELOPES, {parameter: value})
    assert ids(answer) == []


PARAMETERS = ["status", "account_id", "sender_email", "recipient_email"]
PARAMETERS += ["custom_field", "changed_after", "changed_before", "search"]
PARAMETERS += ["ordering", "cursor", "page_size"]


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(PARAMETERS), st.text(max_size=40)))
def test_no_text_breaks_the_list(parameters: dict[str, str]) -> None:
    answer = client("view_envelope").get(ENVELOPES, parameters)
    assert answer.status_code in (200, 400)


def test_custom_fields_that_are_replaced_are_not_found_any_more(
    post: Post, find: Callable[..., list[str]]
) -> None:
    fields = custom_fields(lease="19", city="Köln")
    tell(post, 1, status="completed", customFields=fields)
    assert find(custom_field="lease:17") == []
    assert find(custom_field="lease:19") == [FIRST]
    assert sorted(find(custom_field="city:Köln")) == [FIRST, SECOND]


def test_email_is_found_by_its_letters_whatever_their_case(
    find: Callable[..., list[str]],
) -> None:
    Envelope.objects.filter(envelope_id=SECOND).update(sender_email="New@Example.com")
    assert find(sender_email="nEW@example.com") == [SECOND]
    assert find(sender_email="agent@example.com") == []


def test_parameters_that_are_wrong_are_all_named() -> None:
    wrong = {"changed_after": "soon", "custom_field": "lease", "search": "\0"}
    answer = client("view_envelope").get(ENVELOPES, wrong)
    assert answer.status_code == 400
    assert set(answer.json()) == set(wrong)


def test_wrong_time_is_told_how_to_be_written() -> None:
    answer = client("view_envelope").get(ENVELOPES, {"changed_after": "soon"})
    [told] = answer.json()["changed_after"]
    assert told.startswith("Write an ISO 8601 time such as 2026-01-31T12:00:00Z")
    assert told.endswith("a + is sent as %2B.")


def test_form_of_the_browsed_list_has_every_filter_and_what_was_typed(
    find: Callable[..., list[str]],
) -> None:
    typed = {"status": "sent,completed", "custom_field": ["lease:17", "city:Köln"]}
    page = client("view_envelope").get(
        ENVELOPES, typed, headers={"Accept": "text/html"}
    )
    shown = page.content.decode()
    for name in PARAMETERS[:-3]:
        assert f'<input type="text" name="{name}"' in shown
    for value in ("sent,completed", "lease:17", "city:Köln"):
        assert f'value="{value}"' in shown


def test_form_that_is_sent_as_it_is_filters_nothing(
    find: Callable[..., list[str]],
) -> None:
    assert find(**dict.fromkeys(PARAMETERS[:-3], "")) == [FIRST, SECOND, THIRD]
