"""Something is done with many messages: after a question, in steps, and no more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from django_docusign_connect.models import ConnectMessage
from tests.admin_pages import MESSAGES, FormFields, choose, staff, submit, told

# Messages are handed to the processor after commit.
pytestmark = pytest.mark.django_db(transaction=True)
Configure = Callable[..., None]
Status = ConnectMessage.Status
JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def _later(configure: Configure) -> None:
    configure(PROCESSOR="deferred")


def keep(number: int, status: str = Status.FAILED, **values: Any) -> None:
    """Keep so many messages; those given up have failed for good."""
    first = ConnectMessage.objects.count()
    ConnectMessage.objects.bulk_create(
        ConnectMessage(
            identity=f"{one:064}",
            envelope_id=UUID(int=one + 1),
            status=status,
            **{"inline_body": b"{}", **values},
        )
        for one in range(first, first + number)
    )


def processor() -> Client:
    return staff("view_connectmessage", "process_connectmessage")


def count(status: str) -> int:
    return ConnectMessage.objects.filter(status=status).count()


def said(page: Any) -> str:
    """Return what a page says above its form."""
    text = page.content.decode().partition('class="docusign-step">')[2]
    return " ".join(strip_tags(text.partition("<form")[0]).split())


def take_step(browser: Client, page: Any, **changes: str) -> Any:
    """Take one step, as the page's script does; return the answer."""
    form = FormFields(page.content.decode(), "act-form")
    data = {**form.fields, **changes}
    return browser.post(form.action, data, headers=JSON)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a step end after its first batch, which is of two messages."""
    monkeypatch.setattr("django_docusign_connect.admin.batches.FIRST", 2)
    monkeypatch.setattr("django_docusign_connect.admin.actions.STEP", -1)
    monkeypatch.setattr("django_docusign_connect.admin.actions.LONG_STEP", -1)


def test_page_asks_first_and_counts_what_would_be_done() -> None:
    keep(3)
    keep(2, Status.PROCESSED, inline_body=None)
    page = choose(processor(), "process_again", select_across="1")
    assert said(page).startswith("Process 3 messages again?")
    assert "2 messages are left as they are" in said(page)
    assert count(Status.FAILED) == 3


def test_page_says_when_there_is_nothing_to_do() -> None:
    keep(2, Status.PROCESSED)
    page = choose(processor(), "ignore")
    assert said(page).startswith("There is nothing to do.")
    assert b"data-start" not in page.content


def test_page_counts_no_further_than_a_list_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in ("actions", "selection"):
        name = f"django_docusign_connect.admin.{module}.MOST_ROWS"
        monkeypatch.setattr(name, 3)
    keep(5)
    browser = processor()
    page = choose(browser, "ignore")
    assert said(page).startswith("Ignore more than 3 messages?")
    ConnectMessage.objects.all()[0].delete()
    ConnectMessage.objects.update(status=Status.PROCESSED)
    keep(1, received_at=timezone.now() - timedelta(days=1))
    page = choose(browser, "ignore")
    assert said(page).startswith("Ignore more than 3 messages?")
    assert told(submit(browser, page, "act-form"))[0].startswith("1 message will not")


def test_ticked_messages_alone_are_touched() -> None:
    keep(3)
    browser = processor()
    [first, *_others] = ConnectMessage.objects.all()
    data = {"action": "ignore", "index": "0", "_selected_action": [first.pk]}
    page = browser.post(MESSAGES, data)
    assert said(page).startswith("Ignore 1 message?")
    assert told(submit(browser, page, "act-form")) == [
        "1 message will not be processed."
    ]
    assert list(ConnectMessage.objects.filter(status=Status.IGNORED)) == [first]


def test_all_that_a_filter_leaves_is_touched_on_all_pages() -> None:
    keep(120)
    keep(5, Status.ABANDONED)
    browser = processor()
    page = choose(browser, "ignore", query="?status=failed&p=2", select_across="1")
    assert said(page).startswith("Ignore 120 messages?")
    done = submit(browser, page, "act-form")
    assert told(done) == ["120 messages will not be processed."]
    assert done.redirect_chain[-1][0] == f"{MESSAGES}?status=failed"
    assert count(Status.IGNORED) == 120
    assert count(Status.ABANDONED) == 5


def test_script_takes_step_after_step_until_all_is_done(slow: None) -> None:
    keep(5)
    browser = processor()
    page = choose(browser, "process_again", query="?status=failed", select_across="1")
    state: dict[str, str] = {}
    for done, is_finished in ((2, False), (4, False), (5, True)):
        step = take_step(browser, page, **state).json()
        assert (step["done"], step["is_finished"]) == (done, is_finished)
        assert count(Status.PENDING) == done
        state = {"progress": step["progress"]}
    assert step["notes"] == ["5 messages will be processed again."]
    assert told(browser.get(MESSAGES)) == ["5 messages will be processed again."]


def test_person_without_a_script_takes_each_step_with_a_button(slow: None) -> None:
    keep(3)
    browser = processor()
    page = submit(browser, choose(browser, "ignore"), "act-form")
    assert said(page) == (
        "2 messages are done with so far. 2 messages will not be processed."
    )
    assert count(Status.IGNORED) == 2
    done = submit(browser, page, "act-form")
    assert told(done) == ["3 messages will not be processed."]


def test_what_comes_after_the_question_is_not_touched() -> None:
    keep(2)
    browser = processor()
    page = choose(browser, "ignore", select_across="1")
    keep(1, received_at=timezone.now())
    assert told(submit(browser, page, "act-form")) == [
        "2 messages will not be processed."
    ]
    assert count(Status.FAILED) == 1


def test_messages_of_one_moment_are_each_done_once(slow: None) -> None:
    keep(5, Status.PROCESSED, received_at=timezone.now())
    browser = processor()
    page = choose(browser, "process_again", select_across="1")
    step: dict[str, Any] = {}
    while not step.get("is_finished"):
        state = {"progress": step["progress"]} if step else {}
        step = take_step(browser, page, **state).json()
    assert step["done"] == 5
    replays = ConnectMessage.objects.values_list("replays", flat=True)
    assert list(replays) == [1] * 5


def test_message_that_is_gone_meanwhile_does_no_harm(slow: None) -> None:
    keep(3)
    browser = processor()
    page = choose(browser, "ignore")
    ConnectMessage.objects.all()[0].delete()
    assert take_step(browser, page).json()["done"] == 2


def test_who_did_it_is_kept_of_every_message() -> None:
    keep(3)
    browser = processor()
    submit(browser, choose(browser, "ignore"), "act-form")
    entries = LogEntry.objects.values_list("change_message", "object_id")
    keys = ConnectMessage.objects.values_list("pk", flat=True)
    assert sorted(entries) == sorted(("Ignored.", str(key)) for key in keys)


def test_step_that_was_not_written_by_the_page_is_refused() -> None:
    keep(2)
    browser = processor()
    page = choose(browser, "ignore")
    for text in ("", "x", "\0", '{"done": 5}', "a:b:c"):
        assert take_step(browser, page, progress=text).status_code == 400
    assert count(Status.FAILED) == 2


def test_step_needs_the_permissions_a_post_and_a_token() -> None:
    keep(1)
    page = choose(processor(), "ignore")
    url = f"{MESSAGES}act/ignore/"
    assert take_step(staff("view_connectmessage"), page).status_code == 403
    assert take_step(staff("process_connectmessage"), page).status_code == 403
    assert processor().get(url).status_code == 405
    assert processor().post(f"{MESSAGES}act/erase/").status_code == 404
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = processor().cookies
    assert take_step(strict, page, csrfmiddlewaretoken="x" * 64).status_code == 403
    assert count(Status.FAILED) == 1


def test_step_with_a_filter_that_cannot_be_returns_to_the_list() -> None:
    keep(1)
    browser = processor()
    form = FormFields(choose(browser, "ignore").content.decode(), "act-form")
    url = f"{form.action}?received_at__year=99999999"
    assert browser.post(url, form.fields).headers["Location"] == f"{MESSAGES}?e=1"
    assert count(Status.FAILED) == 1
