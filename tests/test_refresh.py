from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.utils import timezone
from docusign_esign.client.configuration import Configuration

from django_docusign_connect.models import ConnectMessage, Envelope, EnvelopeEvent
from django_docusign_connect.signals import envelope_completed
from tests.admin_pages import ENVELOPES, page_of, read, staff, tell, told
from tests.bodies import ACCOUNT_ID
from tests.brokers import celery_app, closed_port
from tests.fake_docusign import (
    INTEGRATION_KEY,
    TOKEN,
    FakeDocuSign,
    as_json,
    certify,
    pem,
    refused,
    rsa_key,
    serve,
)

# Messages are processed after commit.
pytestmark = pytest.mark.django_db(transaction=True)
Post = Callable[..., Any]
Configure = Callable[..., None]
Connect = Callable[..., None]
Hear = Callable[..., list[dict[str, Any]]]

BUTTON = "Refresh from DocuSign"
REPEATED = "DocuSign says nothing new: its answer is one that is kept already."
OTHER_ACCOUNT = "00000000-b050-4e1a-beae-787ac2aab843"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certify(tmp_path_factory.mktemp("docusign"))


@pytest.fixture
def docusign(
    certificate: Path, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FakeDocuSign]:
    """A DocuSign that the project is set up to ask."""
    monkeypatch.setattr(Configuration(), "ssl_ca_cert", str(certificate))
    with serve(certificate) as docusign:
        configure(API=docusign.options)
        yield docusign


@pytest.fixture
def envelope(post: Post, docusign: FakeDocuSign) -> Envelope:
    """An envelope that was sent as far as is known, and completed at DocuSign."""
    envelope = tell(post)
    docusign.envelopes[str(envelope.envelope_id)] = completed(envelope)
    return envelope


def completed(envelope: Envelope, **values: Any) -> dict[str, Any]:
    """Return what DocuSign's API has of a completed envelope; no account."""
    return {
        "status": "completed",
        "envelopeId": str(envelope.envelope_id),
        "emailSubject": "Lease",
        "sentDateTime": "2022-09-22T15:22:53.4580000Z",
        "completedDateTime": "2022-09-22T16:00:00.0000000Z",
        "statusChangedDateTime": "2022-09-22T16:00:00.0000000Z",
        "lastModifiedDateTime": "2022-09-22T16:00:00.0000000Z",
        "recipients": {"signers": []},
        **values,
    }


def refresher() -> Client:
    permissions = ("view_envelope", "view_connectmessage", "process_connectmessage")
    return staff(*permissions)


def press(envelope: Envelope, browser: Client | None = None) -> list[str]:
    """Press the button; return what the user is told."""
    browser = browser or refresher()
    return told(browser.post(f"{ENVELOPES}{envelope.pk}/refresh/", follow=True))


def let_time_pass(**time: int) -> None:
    """Have all messages been received earlier."""
    at = timezone.now() - timedelta(**time)
    ConnectMessage.objects.update(received_at=at, last_received_at=at)


def test_what_docusign_has_changes_the_envelope_as_a_message_does(
    docusign: FakeDocuSign, envelope: Envelope, hear: Hear
) -> None:
    heard = hear(envelope_completed)
    assert press(envelope) == ["DocuSign told of 1 new event."]
    envelope.refresh_from_db()
    assert (envelope.status, envelope.account_id) == ("completed", ACCOUNT_ID)
    event = EnvelopeEvent.objects.get(name="envelope-completed")
    assert (event.is_inferred, event.source) == (True, "api")
    assert [one["event"] for one in heard] == [event]
    message = ConnectMessage.objects.get(source="api")
    assert (message.status, message.listener) == ("processed", "default")
    assert message.account_id == ACCOUNT_ID
    assert docusign.asked == ["token", "userinfo", "envelope"]


def test_who_asked_is_in_the_history(envelope: Envelope) -> None:
    press(envelope)
    entry = LogEntry.objects.get()
    assert entry.object_id == str(envelope.pk)
    assert entry.get_change_message() == "Refreshed from DocuSign."


def test_page_of_the_answer_says_how_it_was_verified(envelope: Envelope) -> None:
    press(envelope)
    message = ConnectMessage.objects.get(source="api")
    assert "answered over TLS when a person asked it" in read(
        refresher(), page_of(message)
    )


def test_same_answer_again_is_nothing_new(envelope: Envelope) -> None:
    press(envelope)
    let_time_pass(minutes=16)
    assert press(envelope) == [REPEATED]
    assert ConnectMessage.objects.get(source="api").duplicates == 1


def test_answer_without_a_new_event_is_said_to_be_so(
    docusign: FakeDocuSign, envelope: Envelope
) -> None:
    press(envelope)
    let_time_pass(minutes=16)
    later = completed(envelope, emailSubject="Lease of a flat")
    docusign.envelopes[str(envelope.envelope_id)] = later
    (note,) = press(envelope)
    assert "No event was new" in note


def test_docusign_is_asked_once_in_15_minutes(
    docusign: FakeDocuSign, envelope: Envelope
) -> None:
    press(envelope)
    let_time_pass(minutes=14)
    (note,) = press(envelope)
    assert "for once in 15 minutes. Next time:" in note
    assert docusign.asked.count("envelope") == 1


def test_repeated_answer_counts_for_the_15_minutes(
    docusign: FakeDocuSign, envelope: Envelope
) -> None:
    press(envelope)
    let_time_pass(minutes=16)
    press(envelope)
    (note,) = press(envelope)
    assert "for once in 15 minutes" in note
    assert docusign.asked.count("envelope") == 2


def test_messages_of_connect_do_not_count_for_the_15_minutes(
    envelope: Envelope,
) -> None:
    assert timezone.now() - ConnectMessage.objects.get().received_at < timedelta(
        minutes=15
    )
    assert press(envelope) == ["DocuSign told of 1 new event."]


def test_token_is_fetched_once_for_two_envelopes(
    post: Post, docusign: FakeDocuSign, envelope: Envelope
) -> None:
    other = tell(post, 2)
    docusign.envelopes[str(other.envelope_id)] = completed(other)
    press(envelope)
    press(other)
    assert docusign.asked == ["token", "userinfo", "envelope", "envelope"]


def test_token_that_is_about_to_end_is_not_used_again(
    post: Post, docusign: FakeDocuSign, envelope: Envelope
) -> None:
    docusign.token_seconds = 299
    other = tell(post, 2)
    docusign.envelopes[str(other.envelope_id)] = completed(other)
    press(envelope)
    press(other)
    assert docusign.asked == ["token", "userinfo", "envelope"] * 2


def test_token_that_was_withdrawn_is_replaced(
    post: Post, docusign: FakeDocuSign, envelope: Envelope
) -> None:
    press(envelope)
    other = tell(post, 2)
    docusign.envelopes[str(other.envelope_id)] = completed(other)
    docusign.tokens = {"another"}
    assert press(other) == ["DocuSign told of 1 new event."]
    assert docusign.asked.count("token") == 2


def test_two_clicks_at_once_ask_once(
    docusign: FakeDocuSign, envelope: Envelope
) -> None:
    is_asked, may_answer = threading.Event(), threading.Event()

    def answer_late() -> Any:
        is_asked.set()
        may_answer.wait(10)
        return as_json(completed(envelope))

    docusign.instead["envelope"] = answer_late
    first, second = refresher(), refresher()
    notes: list[str] = []

    def click() -> None:
        notes.extend(press(envelope, first))
        connection.close()

    thread = threading.Thread(target=click)
    thread.start()
    assert is_asked.wait(10)
    (note,) = press(envelope, second)
    may_answer.set()
    thread.join()
    assert "somebody is asking about this envelope just now" in note
    assert notes == ["DocuSign told of 1 new event."]
    assert docusign.asked.count("envelope") == 1


# What may go wrong, and what to do about it.


def say(docusign: FakeDocuSign, name: str, answer: Any) -> None:
    docusign.instead[name] = lambda: answer


def test_missing_consent_is_asked_for_with_a_link(
    docusign: FakeDocuSign, envelope: Envelope
) -> None:
    say(docusign, "token", as_json({"error": "consent_required"}, 400))
    browser = refresher()
    url = f"{ENVELOPES}{envelope.pk}/refresh/"
    page = browser.post(url, follow=True).content.decode()
    assert "has not yet allowed the app to act for it" in page
    link = (
        f'<a href="https://{docusign.host}/oauth/auth?response_type=code&amp;'
        f"scope=signature+impersonation&amp;client_id={INTEGRATION_KEY}&amp;"
        'redirect_uri=https%3A%2F%2Fwww.docusign.com">'
    )
    assert link in page


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"PRIVATE_KEY": pem(rsa_key(1))}, "no_valid_keys_or_signatures"),
        ({"INTEGRATION_KEY": "another"}, "issuer_not_found"),
        ({"USER_ID": "another"}, "user_not_found"),
    ],
)
def test_wrong_credentials_are_told_apart(
    wrong: dict[str, str],
    why: str,
    docusign: FakeDocuSign,
    envelope: Envelope,
    configure: Configure,
) -> None:
    configure(API=docusign.options | wrong)
    (note,) = press(envelope)
    assert "DocuSign refused to let the app in." in note
    assert note.endswith(f"({why})")


@pytest.mark.parametrize("key", ["", "no key", "-----BEGIN RSA PRIVATE KEY-----\nx"])
def test_unusable_key_is_never_sent_nor_shown(
    key: str, docusign: FakeDocuSign, envelope: Envelope, configure: Configure
) -> None:
    configure(API={**docusign.options, "PRIVATE_KEY": key})
    (note,) = press(envelope)
    assert "DocuSign was not asked" in note
    assert docusign.asked == []


def test_key_is_read_from_the_environment_with_its_line_breaks_escaped(
    docusign: FakeDocuSign,
    envelope: Envelope,
    configure: Configure,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TESTS_RSA_KEY", pem(rsa_key()).replace("\n", "\\n"))
    configure(API={**docusign.options, "PRIVATE_KEY": "env:TESTS_RSA_KEY"})
    assert press(envelope) == ["DocuSign told of 1 new event."]


def test_missing_client_is_to_be_installed(
    docusign: FakeDocuSign, envelope: Envelope, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "django_docusign_connect.client.esign", False)
    monkeypatch.setitem(sys.modules, "docusign_esign", None)
    (note,) = press(envelope)
    assert note.endswith('Run: pip install "django-docusign-connect[api]"')


def test_user_who_is_not_in_the_account_is_told_so(
    docusign: FakeDocuSign, envelope: Envelope
) -> None:
    docusign.accounts = [OTHER_ACCOUNT]
    (note,) = press(envelope)
    assert "may not see this envelope" in note
    assert docusign.asked == ["token", "userinfo"]


def test_token_that_stays_refused_is_asked_for_once_more_at_most(
    docusign: FakeDocuSign, envelope: Envelope
) -> None:
    say(docusign, "envelope", refused("AUTHORIZATION_INVALID_TOKEN", 401))
    (note,) = press(envelope)
    assert "DocuSign refused to let the app in." in note
    assert docusign.asked == ["token", "userinfo", "envelope"]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (refused("ENVELOPE_DOES_NOT_EXIST", 404), "knows no such envelope"),
        (refused("ENVELOPE_DOES_NOT_EXIST", 400), "knows no such envelope"),
        (refused("USER_LACKS_MEMBERSHIP", 400), "may not see this envelope"),
        (as_json({}, 403), "may not see this envelope"),
        (as_json({}, 429), "takes no more requests for now. Try again later."),
        (refused("HOURLY_APIINVOCATION_LIMIT_EXCEEDED", 400), "no more requests"),
        ((503, {}, b"<html>"), "Something is wrong at DocuSign."),
        (as_json({}, 302, Location="https://127.0.0.1/"), "none that this app can"),
        (as_json([], 418), "none that this app can read"),
        (refused("<script>", 400), "none that this app can read"),
        ((200, {}, b"<html>"), "none that this app can read"),
        (as_json({"status": "sent"}), "none that this app can read"),
        (as_json({"event": "x", "envelopeId": "7"}), "none that this app can read"),
    ],
)
def test_answer_that_is_no_envelope_is_explained(
    answer: Any, words: str, docusign: FakeDocuSign, envelope: Envelope
) -> None:
    say(docusign, "envelope", answer)
    (note,) = press(envelope)
    assert words in note
    assert "script" not in note
    assert not ConnectMessage.objects.filter(source="api").exists()
    assert not LogEntry.objects.exists()


def test_answer_about_another_envelope_changes_nothing(
    post: Post, docusign: FakeDocuSign, envelope: Envelope
) -> None:
    other = tell(post, 2)
    say(docusign, "envelope", as_json(completed(other)))
    (note,) = press(envelope)
    assert "none that this app can read" in note
    assert not ConnectMessage.objects.filter(source="api").exists()


def test_limit_says_until_when(docusign: FakeDocuSign, envelope: Envelope) -> None:
    answer = as_json({}, 429, X_RateLimit_Reset="2000000000")
    say(docusign, "envelope", answer)
    (note,) = press(envelope)
    assert note.endswith("Next time: May 17, 2033, 11:33 p.m.")


@pytest.mark.parametrize("name", ["token", "userinfo"])
@pytest.mark.parametrize(
    "answer",
    [
        (200, {}, b"<html>"),
        (200, {}, b"[]"),
        as_json({}),
        as_json({"accounts": 7, "access_token": 7, "token_type": 7}),
        as_json({"accounts": [{"account_id": ACCOUNT_ID, "base_uri": "http://x"}]}),
    ],
)
def test_odd_answer_to_the_grant_is_explained(
    name: str, answer: Any, docusign: FakeDocuSign, envelope: Envelope
) -> None:
    say(docusign, name, answer)
    (note,) = press(envelope)
    assert "none that this app can read" in note


def test_slow_docusign_is_not_waited_for(
    docusign: FakeDocuSign, envelope: Envelope, configure: Configure
) -> None:
    configure(API={**docusign.options, "TIMEOUT": 1})
    docusign.drip_seconds = 10
    begins_at = time.monotonic()
    (note,) = press(envelope)
    assert note == "DocuSign did not answer in time. Try again later."
    assert time.monotonic() - begins_at < 4


def test_silent_docusign_is_not_waited_for(
    docusign: FakeDocuSign, envelope: Envelope, configure: Configure
) -> None:
    configure(API={**docusign.options, "TIMEOUT": 0.5})
    may_answer = threading.Event()

    def wait() -> Any:
        may_answer.wait(10)
        return as_json({})

    docusign.instead["token"] = wait
    (note,) = press(envelope)
    may_answer.set()
    assert note == "DocuSign did not answer in time. Try again later."


def test_docusign_that_is_away_is_unreachable(
    docusign: FakeDocuSign, envelope: Envelope, configure: Configure
) -> None:
    configure(API={**docusign.options, "OAUTH_HOST": "127.0.0.1:1"})
    (note,) = press(envelope)
    assert "DocuSign could not be reached." in note


def test_docusign_without_a_certificate_to_trust_is_unreachable(
    docusign: FakeDocuSign, envelope: Envelope, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Configuration(), "ssl_ca_cert", None)
    (note,) = press(envelope)
    assert "DocuSign could not be reached." in note
    assert docusign.asked == []


def test_answer_that_is_too_large_is_not_read(
    docusign: FakeDocuSign, envelope: Envelope, configure: Configure
) -> None:
    configure(API=docusign.options, MAX_BODY_BYTES=100)
    (note,) = press(envelope)
    assert "larger than MAX_BODY_BYTES" in note
    assert not ConnectMessage.objects.filter(source="api").exists()


def test_no_secret_is_in_a_log_or_on_a_page(
    docusign: FakeDocuSign, envelope: Envelope, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    browser = refresher()
    url = f"{ENVELOPES}{envelope.pk}/refresh/"
    pages = [browser.post(url, follow=True).content.decode()]
    let_time_pass(minutes=16)
    say(docusign, "envelope", refused("ENVELOPE_DOES_NOT_EXIST"))
    pages.append(browser.post(url, follow=True).content.decode())
    line = pem(rsa_key()).splitlines()[1]
    for text in (caplog.text, *pages):
        assert TOKEN not in text
        assert line not in text
    envelope_id = str(envelope.envelope_id)
    told_of = [record for record in caplog.records if record.name.endswith("refresh")]
    assert [envelope_id in record.getMessage() for record in told_of] == [True]


def test_failed_question_may_be_asked_again_at_once(
    docusign: FakeDocuSign, envelope: Envelope
) -> None:
    say(docusign, "envelope", as_json({}, 503))
    press(envelope)
    del docusign.instead["envelope"]
    assert press(envelope) == ["DocuSign told of 1 new event."]


# Who may ask, and about what.


def test_button_is_there_for_who_may_process_messages(envelope: Envelope) -> None:
    assert BUTTON in read(refresher(), page_of(envelope))
    viewer = staff("view_envelope", "view_connectmessage")
    assert BUTTON not in read(viewer, page_of(envelope))
    response = viewer.post(f"{ENVELOPES}{envelope.pk}/refresh/")
    assert response.status_code == 403


def test_button_is_not_there_until_the_api_is_set_up(
    envelope: Envelope, docusign: FakeDocuSign, configure: Configure
) -> None:
    configure()
    assert BUTTON not in read(refresher(), page_of(envelope))
    (note,) = press(envelope)
    assert "is not set up for the envelope's account" in note
    assert docusign.asked == []


def test_only_a_post_with_its_csrf_token_asks(
    docusign: FakeDocuSign, envelope: Envelope
) -> None:
    browser = refresher()
    url = f"{ENVELOPES}{envelope.pk}/refresh/"
    assert browser.get(url).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies
    assert strict.post(url).status_code == 403
    assert docusign.asked == []


def test_envelope_that_is_not_known_here_is_not_asked_about(
    docusign: FakeDocuSign,
) -> None:
    assert refresher().post(f"{ENVELOPES}7/refresh/").status_code == 404
    assert docusign.asked == []


def test_listener_that_accepts_the_account_is_the_one_that_asks(
    docusign: FakeDocuSign, envelope: Envelope, configure: Configure
) -> None:
    configure(
        ACCOUNT_IDS=[OTHER_ACCOUNT],
        API={**docusign.options, "OAUTH_HOST": "127.0.0.1:1"},
        LISTENERS={
            "leases": {"ACCOUNT_IDS": [ACCOUNT_ID.upper()], "API": docusign.options}
        },
    )
    assert press(envelope) == ["DocuSign told of 1 new event."]
    assert ConnectMessage.objects.get(source="api").listener == "leases"


def test_account_that_no_listener_accepts_has_no_button(
    docusign: FakeDocuSign, envelope: Envelope, configure: Configure
) -> None:
    configure(ACCOUNT_IDS=[OTHER_ACCOUNT], API=docusign.options)
    assert BUTTON not in read(refresher(), page_of(envelope))


@pytest.mark.parametrize("account_id", ["", "1234567"])
def test_default_account_is_asked_about_if_no_guid_is_known(
    account_id: str, docusign: FakeDocuSign, envelope: Envelope
) -> None:
    docusign.accounts = [ACCOUNT_ID, OTHER_ACCOUNT]
    Envelope.objects.update(account_id=account_id)
    assert press(envelope) == ["DocuSign told of 1 new event."]
    assert ConnectMessage.objects.get(source="api").account_id == ACCOUNT_ID


def test_other_account_of_the_user_is_asked_about(
    docusign: FakeDocuSign, envelope: Envelope
) -> None:
    docusign.accounts = [OTHER_ACCOUNT, ACCOUNT_ID]
    assert press(envelope) == ["DocuSign told of 1 new event."]


# How the answer is processed.


def test_answer_is_committed_and_announced_in_a_host_of_atomic_requests(
    envelope: Envelope, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_transactions: list[bool] = []

    def receive(**arguments: Any) -> None:
        in_transactions.append(connection.in_atomic_block)

    connect(envelope_completed, receive)
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)
    assert press(envelope) == ["DocuSign told of 1 new event."]
    assert in_transactions == [False]


@pytest.mark.parametrize("processor", ["immediate", "tasks"])
def test_answer_that_is_processed_at_once_is_told_of(
    processor: str, docusign: FakeDocuSign, envelope: Envelope, configure: Configure
) -> None:
    configure(API=docusign.options, PROCESSOR=processor)
    assert press(envelope) == ["DocuSign told of 1 new event."]


@pytest.mark.parametrize("processor", ["deferred", "celery"])
def test_answer_waits_for_its_processor(
    processor: str, docusign: FakeDocuSign, envelope: Envelope, configure: Configure
) -> None:
    configure(API=docusign.options, PROCESSOR=processor)
    with celery_app(f"redis://127.0.0.1:{closed_port()}"):
        (note,) = press(envelope)
    assert "will be processed as any message" in note
    assert ConnectMessage.objects.get(source="api").status == "pending"


def test_answer_that_cannot_be_processed_is_kept_and_told_of(
    docusign: FakeDocuSign, envelope: Envelope
) -> None:
    many = [{"recipientId": str(number)} for number in range(20_000)]
    answer = completed(envelope, recipients={"signers": many})
    say(docusign, "envelope", as_json(answer))
    (note,) = press(envelope)
    assert "processing the answer failed" in note
    assert ConnectMessage.objects.get(source="api").status == "failed"


def test_answer_of_an_account_that_is_not_accepted_is_ignored(
    docusign: FakeDocuSign, envelope: Envelope, configure: Configure
) -> None:
    configure(API=docusign.options, ACCOUNT_IDS=[ACCOUNT_ID])
    answer = completed(envelope, sender={"accountId": OTHER_ACCOUNT})
    say(docusign, "envelope", as_json(answer))
    (note,) = press(envelope)
    assert "the answer was ignored" in note


def test_answer_that_names_no_account_is_of_the_one_that_was_asked(
    docusign: FakeDocuSign, envelope: Envelope, configure: Configure
) -> None:
    configure(API=docusign.options, ACCOUNT_IDS=[ACCOUNT_ID])
    assert press(envelope) == ["DocuSign told of 1 new event."]
    envelope.refresh_from_db()
    assert envelope.account_id == ACCOUNT_ID
    assert envelope.envelope_id == UUID(int=1)
