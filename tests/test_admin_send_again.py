from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client

from django_docusign_connect.models import (
    ConnectMessage,
    Envelope,
    EnvelopeEvent,
    ReceiverRun,
)
from django_docusign_connect.signals import connect_event, envelope_sent
from tests.admin_pages import ENVELOPES, MESSAGES, page_of, read, staff, tell
from tests.bodies import sim

# Signals are sent after commit.
pytestmark = pytest.mark.django_db(transaction=True)
Post = Callable[..., Any]
Connect = Callable[..., None]

SENT = "envelope_sent"
BACK = '<a href="%s">Back to the envelope</a>'


class Heard(list[dict[str, Any]]):
    """Receivers of two names, the second of which fails; what both were told."""

    def first(self, **arguments: Any) -> None:
        assert not connection.in_atomic_block
        self.append(arguments)

    def second(self, **arguments: Any) -> None:
        self.append(arguments)
        raise ValueError("No such lease.")


FIRST = f"{__name__}.Heard.first"
SECOND = f"{__name__}.Heard.second"


def sender() -> Client:
    return staff("view_envelope", "view_connectmessage", "process_connectmessage")


def process_again() -> None:
    message = ConnectMessage.objects.get()
    sender().post(f"{MESSAGES}{message.pk}/process/")


def url(event: EnvelopeEvent | None = None) -> str:
    event = event or EnvelopeEvent.objects.get()
    return f"{ENVELOPES}{event.envelope_id}/events/{event.pk}/send-again/"


def send(*chosen: str, browser: Client | None = None) -> list[str]:
    """Send to the chosen receivers; return what the user is told of it."""
    response = (browser or sender()).post(url(), {"receivers": chosen}, follow=True)
    # Without a fragment, so that what came of it is in sight.
    assert response.redirect_chain == [(page_of(Envelope.objects.get()), 302)]
    return [str(message) for message in response.context["messages"]]


@pytest.fixture
def heard(post: Post, connect: Connect) -> Heard:
    """An event that was announced before either receiver was there."""
    tell(post)
    heard = Heard()
    connect(envelope_sent, heard.first)
    connect(envelope_sent, heard.second)
    return heard


def test_page_lists_the_receivers_of_the_events_signals(
    heard: Heard, connect: Connect
) -> None:
    connect(connect_event, heard.first)
    page = read(sender(), url())
    assert "receivers get <code>is_replay=True</code>" in page
    for value in (f"{SENT} {FIRST}", f"{SENT} {SECOND}", f"connect_event {FIRST}"):
        assert f'type="checkbox" name="receivers" value="{value}"' in page
    assert page.count("has not heard of it") == 3
    assert "Envelope sent" in page
    assert heard == []


def test_page_is_linked_from_the_event(heard: Heard) -> None:
    assert f'href="{url()}"' in read(sender(), page_of(Envelope.objects.get()))


def test_all_pages_of_it_lead_back_to_the_list_as_it_was_filtered(heard: Heard) -> None:
    browser = sender()
    kept = "_changelist_filters=status%3Dsent%26q%3DLease"
    envelope = f"{page_of(Envelope.objects.get())}?{kept}"
    assert f'href="{url()}?{kept}"' in read(browser, envelope)
    page = read(browser, f"{url()}?{kept}")
    assert f'href="{envelope}#event-' in page
    assert f'href="{ENVELOPES}?status=sent&amp;q=Lease"' in page
    chosen = {"receivers": f"{SENT} {FIRST}"}
    answer = browser.post(f"{url()}?{kept}", chosen)
    assert answer.headers["Location"] == envelope


def test_chosen_receiver_alone_is_told_again_as_a_replay(heard: Heard) -> None:
    assert send(f"{SENT} {FIRST}") == ["1 receiver was told again of envelope-sent."]
    (told,) = heard
    assert told["is_replay"] is True
    assert told["event"] == EnvelopeEvent.objects.get()
    assert told["envelope"] == Envelope.objects.get()
    assert told["message"] == ConnectMessage.objects.get()
    assert told["signal"] is envelope_sent


def test_run_is_recorded_and_shown_as_sent_by_hand(heard: Heard) -> None:
    browser = sender()
    send(f"{SENT} {FIRST}", browser=browser)
    run = ReceiverRun.objects.get()
    assert (run.receiver, run.signal, run.status) == (FIRST, SENT, "succeeded")
    for row in (Envelope.objects.get(), ConnectMessage.objects.get()):
        assert "sent again by hand" in read(browser, page_of(row))
    assert ">Succeeded</span></label>" in read(browser, url())


def test_it_can_be_sent_any_number_of_times(heard: Heard) -> None:
    for _ in range(3):
        send(f"{SENT} {FIRST}")
    assert len(heard) == ReceiverRun.objects.count() == 3


def test_failure_is_told_and_recorded_and_the_message_stays_as_it_is(
    heard: Heard,
) -> None:
    notes = send(f"{SENT} {FIRST}", f"{SENT} {SECOND}")
    assert notes == [
        "1 receiver was told again of envelope-sent.",
        f"{SECOND} failed: ValueError: No such lease.",
    ]
    run = ReceiverRun.objects.get(receiver=SECOND)
    assert run.status == ReceiverRun.Status.FAILED
    assert "in second" in run.traceback
    message = ConnectMessage.objects.get()
    assert (message.status, message.next_attempt_at) == ("processed", None)


def test_message_processed_again_tells_everybody_whoever_was_told_by_hand(
    heard: Heard,
) -> None:
    send(f"{SENT} {FIRST}")
    process_again()
    assert len(heard) == 3


def test_retry_of_a_failed_message_runs_those_that_failed_whoever_was_told_by_hand(
    post: Post, connect: Connect
) -> None:
    heard = Heard()
    connect(envelope_sent, heard.first)
    connect(envelope_sent, heard.second)
    tell(post)
    assert len(heard) == 2
    send(f"{SENT} {FIRST}")
    process_again()
    assert [one["is_replay"] for one in heard] == [False, False, True, False]


def test_who_sent_what_to_whom_is_in_the_envelopes_history(heard: Heard) -> None:
    browser = sender()
    send(f"{SENT} {FIRST}", browser=browser)
    note = f"The signals of envelope-sent were sent again to {FIRST} ({SENT})."
    assert LogEntry.objects.get().change_message == note
    page = read(browser, page_of(Envelope.objects.get()))
    assert "History" in page
    history = page_of(Envelope.objects.get()).replace("change", "history")
    assert note in read(browser, history)


def test_nobody_chosen_is_an_error_and_nobody_is_told(heard: Heard) -> None:
    response = sender().post(url(), {})
    assert response.status_code == 400
    assert "Choose at least one receiver." in response.content.decode()
    assert heard == []


@pytest.mark.parametrize("choice", ["envelope_sent os.remove", "nothing", ""])
def test_who_is_not_connected_cannot_be_chosen(heard: Heard, choice: str) -> None:
    response = sender().post(url(), {"receivers": [f"{SENT} {FIRST}", choice]})
    assert response.status_code == 400
    assert heard == []
    assert not LogEntry.objects.exists()


def test_permission_to_process_messages_is_needed(heard: Heard) -> None:
    browser = staff("view_envelope", "view_connectmessage")
    assert browser.get(url()).status_code == 403
    choice = {"receivers": [f"{SENT} {FIRST}"]}
    assert browser.post(url(), choice).status_code == 403
    assert heard == []
    assert "Send signals again" not in read(browser, page_of(Envelope.objects.get()))


def test_envelope_that_one_may_not_view_has_no_such_page(heard: Heard) -> None:
    assert staff("process_connectmessage").get(url()).status_code == 404


def test_event_of_another_envelope_is_not_found(post: Post, heard: Heard) -> None:
    other = tell(post, 2)
    path = url(EnvelopeEvent.objects.filter(envelope=other).get())
    wrong = path.replace(f"/{other.pk}/events", f"/{other.pk - 1}/events")
    assert sender().get(wrong).status_code == 404


def test_page_is_protected_against_forgery(heard: Heard, admin_user: Any) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(admin_user)
    choice = {"receivers": [f"{SENT} {FIRST}"]}
    assert browser.post(url(), choice).status_code == 403
    assert heard == []


def test_event_whose_message_is_gone_cannot_be_sent_again(heard: Heard) -> None:
    ConnectMessage.objects.all().delete()
    envelope = page_of(Envelope.objects.get())
    assert url() not in read(sender(), envelope)
    page = read(sender(), url())
    assert "the message that they carry is not kept any more" in page
    assert BACK % envelope in page
    response = sender().post(url(), {"receivers": [f"{SENT} {FIRST}"]})
    assert response.status_code == 400
    assert heard == []


def test_event_without_receivers_says_so_and_is_not_offered(post: Post) -> None:
    post(sim("envelope-odd"))
    envelope = page_of(Envelope.objects.get())
    assert "Send signals again" not in read(sender(), envelope)
    page = read(sender(), url())
    assert "No receiver is connected to its signals." in page
    assert BACK % envelope in page


def test_signals_are_sent_after_commit_where_requests_are_atomic(
    heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)
    assert send(f"{SENT} {FIRST}") == ["1 receiver was told again of envelope-sent."]
    assert len(heard) == 1
