from __future__ import annotations

import pytest
from django.dispatch import Signal

from django_docusign_connect import signals
from django_docusign_connect.messages import parse
from django_docusign_connect.messages.events import KNOWN_EVENTS

from .bodies import compact, sim

#: Written down from DocuSign's lists, not taken from the code.
NAMES = """
envelope-created envelope-sent envelope-resent envelope-delivered envelope-completed
envelope-declined envelope-voided recipient-authenticationfailed
recipient-autoresponded recipient-declined recipient-delivered recipient-completed
recipient-sent recipient-resent template-created template-modified template-deleted
envelope-corrected envelope-purge envelope-deleted envelope-discard
recipient-reassign recipient-delegate recipient-finish-later click-agreed
click-declined envelope-removed envelope-reminder-sent sms-opt-in sms-opt-out
workflow-started workflow-failed workflow-completed identity-verification-pending
identity-verification-completed extension-executed notary-session-completed
notary-session-terminated notary-session-signer-locked
notary-session-signer-unlocked notary-session-authentication-failed
notary-session-paused notary-session-status-updated notary-session-notary-assigned
notary-session-notary-removed notary-session-signer-terminated agreement-created
agreement-updated agreement-deleted agreement-extractions-reviewed
agreement-reviews-complete agreement-reviews-completed
""".split()  # noqa: SIM905 - a list of so many names reads better as a text


def test_known_events_are_those_of_docusign() -> None:
    assert sorted(KNOWN_EVENTS) == sorted(NAMES)
    assert len(set(KNOWN_EVENTS)) == len(KNOWN_EVENTS)


@pytest.mark.parametrize("name", NAMES)
def test_known_event_has_a_signal_of_its_name(name: str) -> None:
    signal = getattr(signals, name.replace("-", "_"))
    assert isinstance(signal, Signal)
    assert signals.EVENT_SIGNALS[name] is signal


def test_no_two_events_share_a_signal() -> None:
    assert len(set(map(id, signals.EVENT_SIGNALS.values()))) == len(NAMES)


@pytest.mark.parametrize("name", [*NAMES, "recipient-signed", "Rooms.Created"])
def test_event_known_or_not_is_read_as_it_is_spelled(name: str) -> None:
    message = parse(sim(name))
    assert message.header.event == name
    assert [event.name for event in message.events] == [name]


def test_event_alone_makes_a_message() -> None:
    message = parse(compact({"event": "click-agreed"}))
    (event,) = message.events
    assert (event.name, event.occurred_at, event.recipient) == (
        "click-agreed",
        None,
        None,
    )
    assert (message.header.envelope_id, message.state) == (None, None)
