from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client

from django_docusign_connect.models import ConnectMessage
from django_docusign_connect.signals import connect_event, envelope_sent
from tests.admin_pages import (
    MESSAGES,
    choose,
    page_of,
    read,
    staff,
    submit,
    tell,
    told,
)
from tests.bodies import sim

# Messages are handed to the processor after commit.
pytestmark = pytest.mark.django_db(transaction=True)
Post = Callable[..., Any]
Connect = Callable[..., None]
Configure = Callable[..., None]
Status = ConnectMessage.Status


class Receiver:
    """Fails until it is mended."""

    def __init__(self) -> None:
        self.is_broken = True
        self.replays: list[bool] = []

    def __call__(self, *, is_replay: bool, **kwargs: Any) -> None:
        if self.is_broken:
            raise ValueError("No such lease.")
        self.replays.append(is_replay)


@pytest.fixture
def receiver(connect: Connect) -> Receiver:
    receiver = Receiver()
    connect(envelope_sent, receiver)
    return receiver


def processor() -> Client:
    return staff("view_connectmessage", "process_connectmessage")


def act(action: str, *, query: str = "") -> list[str]:
    """Do something with all messages; return what the user is told of it."""
    browser = processor()
    page = choose(browser, action, query=query, select_across="1")
    return told(submit(browser, page, "act-form"))


def press(button: str, browser: Client | None = None) -> list[str]:
    message = ConnectMessage.objects.get()
    response = (browser or processor()).post(
        f"{MESSAGES}{message.pk}/{button}/", follow=True
    )
    assert response.redirect_chain == [(page_of(message), 302)]
    return [str(message) for message in response.context["messages"]]


def statuses() -> list[str]:
    return sorted(ConnectMessage.objects.values_list("status", flat=True))


def test_failed_messages_are_processed_again(post: Post, receiver: Receiver) -> None:
    tell(post)
    tell(post, 2)
    assert statuses() == [Status.FAILED] * 2
    receiver.is_broken = False
    assert act("process_again", query="?status__exact=failed") == [
        "2 messages were processed again."
    ]
    assert statuses() == [Status.PROCESSED] * 2
    assert receiver.replays == [False, False]


def test_message_that_fails_again_is_said_to(post: Post, receiver: Receiver) -> None:
    tell(post)
    assert act("process_again") == ["1 message failed; its page says why."]


def test_processed_message_is_announced_again_as_a_replay(
    post: Post, receiver: Receiver
) -> None:
    receiver.is_broken = False
    tell(post)
    assert act("process_again") == ["1 message was processed again."]
    assert receiver.replays == [False, True]


def test_failed_message_is_one_press_from_another_try(
    post: Post, receiver: Receiver
) -> None:
    tell(post)
    receiver.is_broken = False
    assert press("process") == ["1 message was processed again."]
    assert statuses() == [Status.PROCESSED]


def test_deferred_messages_are_left_to_the_worker(
    post: Post, receiver: Receiver, configure: Configure
) -> None:
    tell(post)
    configure(PROCESSOR="deferred")
    assert act("process_again") == ["1 message will be processed again."]
    assert statuses() == [Status.PENDING]
    assert ConnectMessage.objects.due().count() == 1


def test_receivers_run_outside_the_requests_transaction(
    post: Post, connect: Connect
) -> None:
    tell(post)
    seen: list[bool] = []

    def look(**kwargs: Any) -> None:
        seen.append(connection.in_atomic_block)

    connect(connect_event, look)
    connection.settings_dict["ATOMIC_REQUESTS"] = True
    try:
        assert act("process_again") == ["1 message was processed again."]
        assert press("process") == ["1 message was processed again."]
    finally:
        connection.settings_dict["ATOMIC_REQUESTS"] = False
    assert seen == [False, False]


def test_message_that_a_worker_takes_meanwhile_is_left_to_it(
    post: Post, connect: Connect
) -> None:
    tell(post)
    tell(post, 2)
    runs: list[int] = []

    def take_the_others(message: ConnectMessage, **kwargs: Any) -> None:
        runs.append(message.pk)
        assert all(other.claim(60) for other in ConnectMessage.objects.due())

    connect(envelope_sent, take_the_others)
    assert act("process_again") == [
        "1 message was processed again.",
        "1 message will be processed again.",
    ]
    assert len(runs) == 1


def test_messages_that_wait_or_failed_are_ignored(
    post: Post, receiver: Receiver
) -> None:
    tell(post)
    assert act("ignore") == ["1 message will not be processed."]
    assert statuses() == [Status.IGNORED]
    assert not ConnectMessage.objects.due().exists()


def test_failed_message_is_ignored_by_a_press(post: Post, receiver: Receiver) -> None:
    tell(post)
    assert press("ignore") == ["1 message will not be processed."]
    assert statuses() == [Status.IGNORED]


def test_processed_message_is_not_ignored(post: Post) -> None:
    tell(post)
    [told] = act("ignore")
    assert told.startswith("1 message was left as it is")
    assert statuses() == [Status.PROCESSED]
    page = read(processor(), page_of(ConnectMessage.objects.get()))
    assert "Process again</button>" in page
    assert "Ignore</button>" not in page


def test_message_that_a_worker_holds_is_left_to_it(
    post: Post, configure: Configure
) -> None:
    configure(PROCESSOR="deferred")
    post(sim("envelope-sent"))
    assert ConnectMessage.objects.get().claim(60)
    [told] = act("process_again")
    assert told.startswith("1 message was left as it is")
    assert ConnectMessage.objects.get().is_claimed


def test_message_whose_body_is_not_kept_is_left_as_it_is(post: Post) -> None:
    tell(post)
    ConnectMessage.objects.update(inline_body=None)
    [told] = act("process_again")
    assert told.startswith("1 message was left as it is")
    assert statuses() == [Status.PROCESSED]


def test_who_did_it_is_kept_in_the_history(post: Post, receiver: Receiver) -> None:
    tell(post)
    press("process")
    press("ignore")
    notes = LogEntry.objects.order_by("pk").values_list("change_message", flat=True)
    assert list(notes) == ["Processed again.", "Ignored."]


@pytest.mark.parametrize("name", ["process", "ignore"])
def test_buttons_need_the_permission_a_post_and_a_token(
    post: Post, receiver: Receiver, name: str
) -> None:
    tell(post)
    url = f"{MESSAGES}{ConnectMessage.objects.get().pk}/{name}/"
    viewer = staff("view_connectmessage")
    assert viewer.post(url).status_code == 403
    assert staff("process_connectmessage").post(url).status_code == 404
    assert processor().get(url).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = processor().cookies
    assert strict.post(url).status_code == 403
    assert statuses() == [Status.FAILED]


def test_who_may_only_view_is_offered_no_action(post: Post, receiver: Receiver) -> None:
    tell(post)
    viewer = staff("view_connectmessage")
    page = choose(viewer, "process_again")
    assert told(page) == ["No action selected."]
    assert "Process selected" not in page.content.decode()
    assert statuses() == [Status.FAILED]
    detail = read(viewer, page_of(ConnectMessage.objects.get()))
    assert "</button>" not in detail.partition('id="connectmessage_form"')[2]


def test_message_that_is_not_there_is_not_found() -> None:
    assert processor().post(f"{MESSAGES}1/process/").status_code == 404


@pytest.mark.parametrize("button", ["process", "ignore"])
def test_button_of_a_page_leads_back_to_the_list_as_it_was_filtered(
    post: Post, receiver: Receiver, button: str
) -> None:
    tell(post)
    message = ConnectMessage.objects.get()
    browser = processor()
    kept = "_changelist_filters=status%3Dfailed%26event%3Denvelope-sent"
    url = f"{MESSAGES}{message.pk}/{button}/?{kept}"
    page = f"{page_of(message)}?{kept}"
    assert f'formaction="{url}"' in read(browser, page)
    answer = browser.post(url, follow=True)
    assert answer.redirect_chain == [(page, 302)]
    close = f'href="{MESSAGES}?status=failed&amp;event=envelope-sent" class="closelink"'
    assert close in answer.content.decode()
