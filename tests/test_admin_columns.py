"""Each member of staff chooses the columns of a list, which are kept for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from django_docusign_connect.models import ListColumns
from tests.admin_pages import ENVELOPES, MESSAGES, read, staff, tell

pytestmark = pytest.mark.django_db
Post = Callable[..., Any]

CHOICE = f"{ENVELOPES}columns/"


def headings(browser: Client, url: str = ENVELOPES) -> list[str]:
    """Return the names of the columns that a list shows."""
    page = browser.get(url)
    assert page.status_code == 200
    shown: list[str] = page.context["cl"].list_display
    return [name for name in shown if name != "action_checkbox"]


def test_chosen_columns_are_shown_in_their_order_and_no_others(post: Post) -> None:
    tell(post, voidedReason="Too dear", status="voided")
    browser = staff("view_envelope")
    assert "Too dear" not in read(browser, ENVELOPES)
    chosen = ["voided_reason", "status_badge", "short_subject"]
    browser.post(CHOICE, {"columns": chosen})
    assert headings(browser) == ["short_subject", "status_badge", "voided_reason"]
    assert "Too dear" in read(browser, ENVELOPES)


def test_columns_are_kept_for_one_user_and_one_list_across_logins() -> None:
    browser = staff("view_envelope", "view_connectmessage")
    usual = headings(browser, MESSAGES)
    browser.post(CHOICE, {"columns": ["changed"]})
    browser.logout()
    browser.force_login(User.objects.get())
    assert headings(browser) == ["changed"]
    assert headings(browser, MESSAGES) == usual
    assert headings(staff("view_envelope")) != ["changed"]


@pytest.mark.parametrize(
    ("url", "name"), [(ENVELOPES, "view_envelope"), (MESSAGES, "view_connectmessage")]
)
def test_every_column_can_be_chosen_and_is_shown(
    post: Post, url: str, name: str
) -> None:
    tell(post, customFields={"textCustomFields": [{"name": "a", "value": "b"}]})
    browser = staff(name)
    columns = [column.name for column in browser.get(url).context["cl"].columns]
    assert len(columns) > len(headings(browser, url))
    browser.post(f"{url}columns/", {"columns": columns})
    assert headings(browser, url) == columns


def test_form_of_columns_has_the_present_choice_ticked() -> None:
    browser = staff("view_envelope")
    browser.post(CHOICE, {"columns": ["changed"]})
    page = read(browser, ENVELOPES)
    assert page.count('name="columns"') > 10
    assert page.count(" checked>") == 1
    assert 'value="changed" checked> Changed</label>' in page


def test_usual_columns_come_back_when_asked_for() -> None:
    browser = staff("view_envelope")
    usual = headings(browser)
    browser.post(CHOICE, {"columns": ["changed"]})
    browser.post(CHOICE, {"columns": ["changed"], "reset": "1"})
    assert headings(browser) == usual
    assert not ListColumns.objects.exists()


@pytest.mark.parametrize("columns", [[], ["no_such_column"], ["__str__", "pk", "\0"]])
def test_choice_of_no_column_changes_nothing(columns: list[str]) -> None:
    browser = staff("view_envelope")
    usual = headings(browser)
    page = browser.post(CHOICE, {"columns": columns}, follow=True)
    assert "A list shows at least one column." in page.content.decode()
    assert headings(browser) == usual


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        (["changed", "gone_since"], ["changed"]),
        (["gone_since"], None),
        ({"changed": 1}, ["changed"]),
        ([1, None, ["changed"]], None),
    ],
)
def test_column_that_there_is_no_more_is_left_out(
    kept: Any, shown: list[str] | None
) -> None:
    browser = staff("view_envelope")
    usual = headings(browser)
    ListColumns.objects.create(
        user=User.objects.get(), name="docusign_connect.envelope", columns=kept
    )
    assert headings(browser) == (shown or usual)


def test_list_is_shown_as_it_was_filtered_but_in_its_own_order() -> None:
    browser = staff("view_envelope")
    data = {"columns": ["changed"], "query": "o=-4&q=a%20b&status=sent"}
    answer = browser.post(CHOICE, data)
    assert answer.headers["Location"] == f"{ENVELOPES}?q=a+b&status=sent"
    data["query"] = "\r\nLocation: //example.com/"
    answer = browser.post(CHOICE, data)
    assert answer.headers["Location"].startswith(f"{ENVELOPES}?")
    assert "\n" not in answer.headers["Location"]


def test_columns_go_with_their_user() -> None:
    staff("view_envelope").post(CHOICE, {"columns": ["changed"]})
    User.objects.get().delete()
    assert not ListColumns.objects.exists()


def test_choice_needs_the_permission_to_view_a_post_and_a_token() -> None:
    other = staff("view_connectmessage")
    assert other.post(CHOICE, {"columns": ["changed"]}).status_code == 403
    browser = staff("view_envelope")
    assert browser.get(CHOICE).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies
    assert strict.post(CHOICE, {"columns": ["changed"]}).status_code == 403
    assert not ListColumns.objects.exists()
