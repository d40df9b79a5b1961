"""Whatever a URL asks a list for is answered, and never by an error of the server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.admin_pages import ENVELOPES, MESSAGES, staff, tell
from tests.hostile import FACE

pytestmark = pytest.mark.django_db
Post = Callable[..., Any]

HUGE = "9" * 400
ODD_TEXTS = ("", "%00", "x" * 70_000, FACE, "%ED%A0%80", "'", "%25", "\\", "(((")
ODD_NUMBERS = ("0", "-1", "1.5", "1e999", "9223372036854775808", HUGE, "9" * 5000)
ODD_TIMES = (
    "2026-13-45",
    "0001-01-01",
    "9999-12-31",
    "0001-01-01T00:00:00%2B14:00",
    "9999-12-31T23:59:59-14:00",
    "2026-03-08T02:30:00",
    "99999999999999",
    "",
    "%00",
)
YEARS = ("99999999999999", "9999", "10000", "1", "0", "-5", HUGE, "2026.5", "%D9%A3")
LOOKUPS = ("__in", "__gt", "__regex", "__icontains", "__year", "__isnull", "__x")


def times_of(name: str) -> Iterator[str]:
    """Yield odd questions about a time."""
    for year in YEARS:
        yield f"{name}__year={year}"
        yield f"{name}__year=2026&{name}__month={year}"
        yield f"{name}__year=2026&{name}__month=2&{name}__day={year}"
        yield f"{name}__month={year}"
    yield f"{name}__year=9999&{name}__month=12&{name}__day=31"
    for lookup in ("__gte", "__lt", "__lte", "", "__in", "__date"):
        yield from (f"{name}{lookup}={value}" for value in ODD_TIMES)


def questions(own: str, *others: str) -> Iterator[str]:
    """Yield odd questions: of the list's own time, and of some other fields."""
    yield from times_of(own)
    for name in others:
        yield from (f"{name}{lookup}={HUGE}" for lookup in LOOKUPS)
        yield from (f"{name}={value}" for value in (*ODD_TEXTS, *ODD_NUMBERS))
        yield f"{name}__regex=((("
    for name in ("p", "o", "q", "all", "e", "_to_field", "_popup", "", "%00"):
        yield from (f"{name}={value}" for value in (*ODD_TEXTS, *ODD_NUMBERS, "-.1.x"))


LISTS = {
    ENVELOPES: list(
        questions(
            "changed_at",
            "created_at",
            "sent_at",
            "id",
            "pk",
            "envelope_id",
            "status",
            "account_id",
            "listener",
            "event",
            "custom_field",
            "failures",
            "custom_fields",
            "custom_fields__key",
            "recipients__email",
            "target_type",
            "no_such_field",
        )
    ),
    MESSAGES: list(
        questions(
            "received_at",
            "next_attempt_at",
            "id",
            "envelope_id",
            "status",
            "account_id",
            "listener",
            "event",
            "format",
            "failures",
            "key_fingerprint",
            "attempts",
            "is_claimed",
            "inline_body",
            "no_such_field",
        )
    ),
}


@pytest.mark.parametrize("url", LISTS)
def test_odd_question_is_answered_or_refused(
    post: Post, caplog: pytest.LogCaptureFixture, url: str
) -> None:
    caplog.set_level("CRITICAL")
    tell(post)
    browser = staff("view_envelope", "view_connectmessage")
    browser.raise_request_exception = False
    answers = {query: browser.get(f"{url}?{query}") for query in LISTS[url]}
    odd = {
        query[:100]: answer.status_code
        for query, answer in answers.items()
        if answer.status_code not in (200, 302, 400)
    }
    assert odd == {}


@pytest.mark.parametrize("url", LISTS)
@pytest.mark.parametrize("value", [*ODD_NUMBERS, "x", "\0", "x" * 70_000, FACE])
def test_odd_choice_of_rows_is_answered_or_refused(
    post: Post, caplog: pytest.LogCaptureFixture, url: str, value: str
) -> None:
    caplog.set_level("CRITICAL")
    tell(post)
    browser = staff("view_envelope", "view_connectmessage", "process_connectmessage")
    browser.raise_request_exception = False
    for action in ("export_selected", "process_again", value):
        data = {"action": action, "index": "0", "_selected_action": value}
        for fields in (data, data | {"select_across": value}):
            assert browser.post(url, fields).status_code in (200, 302, 400)
