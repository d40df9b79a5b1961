"""The dashboard: what it shows, to whom, and what can be done from it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone, translation

from django_docusign_connect.authentication.signatures import fingerprint
from django_docusign_connect.models import ConnectMessage, Envelope
from django_docusign_connect.signals import envelope_sent
from tests.admin_pages import SCRIPT, read, staff, tell
from tests.bodies import ACCOUNT_ID, sim

pytestmark = pytest.mark.django_db

DASHBOARD = "/admin/docusign_connect/dashboard/"
PROCESS = f"{DASHBOARD}process/"
VIEW = ("view_envelope", "view_connectmessage")
EVERYTHING = (*VIEW, "process_connectmessage")


@pytest.fixture
def browser() -> Client:
    return staff(*EVERYTHING)


def section(page: str, name: str) -> str:
    """Return a part of the page as text without tags."""
    start = page.index(f'aria-labelledby="docusign-{name}"')
    text = re.sub(r"<[^>]*>", " ", page[start : page.index("</section>", start)])
    return " ".join(text.split())


def signer(**values: Any) -> dict[str, Any]:
    return {"recipientId": "1", "name": "Ada Example", "status": "sent", **values}


def iso(**ago: float) -> str:
    return (timezone.now() - timedelta(**ago)).isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize("permissions", [("view_envelope",), ("view_connectmessage",)])
def test_who_may_view_envelopes_or_messages_finds_it_in_the_index(
    permissions: tuple[str, ...],
) -> None:
    browser = staff(*permissions)
    for index in ("/admin/", "/admin/docusign_connect/"):
        assert f'href="{DASHBOARD}"' in read(browser, index)
    assert "<h1>Dashboard</h1>" in read(browser, DASHBOARD)


def test_who_may_view_neither_is_refused_and_not_led_there() -> None:
    browser = staff("download_envelopedocument")
    assert DASHBOARD not in read(browser, "/admin/")
    assert browser.get(DASHBOARD).status_code == 403


def test_each_sees_only_what_they_may_view(post: Callable[..., Any]) -> None:
    tell(post)
    of_envelopes = read(staff("view_envelope"), DASHBOARD)
    assert "Envelopes by status" in of_envelopes
    assert "/connectmessage/" not in of_envelopes.split("docusign-panels")[1]
    assert "Listeners, keys" not in of_envelopes
    of_messages = read(staff("view_connectmessage"), DASHBOARD)
    assert "Messages a day" in of_messages
    assert "Lease 1" not in of_messages


def test_empty_installation_has_a_page_that_says_so(browser: Client) -> None:
    page = read(browser, DASHBOARD)
    for words in (
        "Nothing was heard of an envelope in the period.",
        "No envelope was first sent in the period.",
        "No message has failed.",
        "No envelope waits for anybody.",
        "None in the period.",
        "None yet",
    ):
        assert words in page


def test_who_is_to_act_next_is_named_with_since_when(
    post: Callable[..., Any], browser: Client
) -> None:
    signers = [
        signer(status="completed", routingOrder="1"),
        signer(recipientId="2", name="Ben", routingOrder="2", sentDateTime=iso(days=3)),
        signer(recipientId="3", name="Cleo", routingOrder="3", status="created"),
    ]
    tell(
        post,
        recipients={"signers": signers},
        sentDateTime=iso(days=5),
        initialSentDateTime=iso(days=9),
    )
    waiting = section(read(browser, DASHBOARD), "waiting")
    assert "Lease 1 Next: Ben asked 3 days ago Sent 1 week, 2 days ago" in waiting
    assert "Ada" not in waiting
    assert "Cleo" not in waiting


def test_longest_waiting_comes_first_whatever_the_period(
    post: Callable[..., Any], browser: Client
) -> None:
    for number, days in ((1, 3), (2, 300), (3, 40)):
        tell(post, number, initialSentDateTime=iso(days=days))
    waiting = section(read(browser, f"{DASHBOARD}?period=7"), "waiting")
    assert re.findall(r"Lease \d", waiting) == ["Lease 2", "Lease 3", "Lease 1"]


def test_declined_and_voided_are_shown_with_their_reasons(
    post: Callable[..., Any], browser: Client
) -> None:
    no = signer(status="declined", declinedReason="The rent is too high.")
    tell(post, 1, status="declined", recipients={"signers": [no]})
    tell(post, 2, status="voided", voidedReason="A wrong draft.")
    ended = section(read(browser, DASHBOARD), "ended")
    assert "Declined Lease 1 The rent is too high. Ada Example," in ended
    assert "Voided Lease 2 A wrong draft." in ended


def test_what_messages_say_is_escaped(
    post: Callable[..., Any], browser: Client
) -> None:
    no = signer(name=SCRIPT, status="declined", declinedReason=SCRIPT)
    tell(post, 1, emailSubject=SCRIPT, status=SCRIPT)
    tell(post, 2, status="declined", recipients={"signers": [no]}, emailSubject=SCRIPT)
    page = read(browser, f"{DASHBOARD}?account_id={SCRIPT}&listener={SCRIPT}")
    assert SCRIPT not in page
    assert SCRIPT not in read(browser, DASHBOARD)


def test_times_to_sign_are_shown_as_median_and_percentile(
    post: Callable[..., Any], browser: Client
) -> None:
    for number in range(1, 11):
        hours = 10 * number + 0.5
        tell(
            post,
            number,
            status="completed",
            initialSentDateTime=iso(hours=hours),
            completedDateTime=iso(hours=0),
        )
    stages = section(read(browser, DASHBOARD), "stages")
    assert "Sent 10 100 % Opened by all 10 100 % Completed 10 100 %" in stages
    assert re.search("2 days, [12] hours? Half were completed within", stages)
    assert re.search("3 days, 1[789] hours Nine of ten within", stages)


def test_change_of_an_envelope_shows_at_the_next_look(
    post: Callable[..., Any], browser: Client
) -> None:
    tell(post)
    assert "Sent 1 100 %" in section(read(browser, DASHBOARD), "statuses")
    body = sim(
        "envelope-completed",
        envelopeId=str(Envelope.objects.get().envelope_id),
        generated="2030-01-01T00:00:00Z",
        summary={"status": "completed"},
    )
    post(body)
    assert "Completed 1 100 %" in section(read(browser, DASHBOARD), "statuses")


def test_account_and_listener_narrow_all_numbers(
    post: Callable[..., Any], configure: Callable[..., None], browser: Client
) -> None:
    configure(LISTENERS={"sales": {}})
    tell(post, 1)
    body = sim(
        "envelope-sent",
        accountId="another",
        envelopeId="00000000-0000-0000-0000-000000000002",
        summary={"status": "sent", "emailSubject": "Lease 2"},
    )
    post(body, listener="sales/")
    for query, mine, other in (
        (f"account_id={ACCOUNT_ID}", "Lease 1", "Lease 2"),
        ("account_id=another", "Lease 2", "Lease 1"),
        ("listener=default", "Lease 1", "Lease 2"),
        ("listener=sales", "Lease 2", "Lease 1"),
    ):
        page = read(browser, f"{DASHBOARD}?{query}")
        assert (mine in page, other in page) == (True, False)
        assert "Sent 1 100 %" in section(page, "statuses")
        assert "In all: 1" in section(page, "days")


@pytest.mark.parametrize("period", [1, 7, 30, 90, 365])
def test_period_holds_its_first_day_and_not_the_one_before(
    post: Callable[..., Any], browser: Client, period: int
) -> None:
    tell(post, 1)
    tell(post, 2)
    for message, days in zip(
        ConnectMessage.objects.all(), (period - 1, period), strict=True
    ):
        message.received_at -= timedelta(days=days)
        message.save(update_fields=["received_at"])
    page = read(browser, f"{DASHBOARD}?period={period}")
    assert "In all: 1" in section(page, "days")


@pytest.mark.parametrize(
    "query",
    [
        "account_id=%00&listener=%00",
        f"account_id={'x' * 5000}",
        "period=99999999999999999999",
        "period=-1&listener=nobody",
        "account_id=%ED%A0%80",
        "p=1&o=2&q=x&e=1",
    ],
)
def test_odd_queries_are_answered_with_a_page(browser: Client, query: str) -> None:
    assert "Messages a day" in read(browser, f"{DASHBOARD}?{query}")


@pytest.mark.django_db(transaction=True)
def test_failed_messages_are_one_click_from_another_try(
    post: Callable[..., Any], connect: Callable[..., None], browser: Client
) -> None:
    is_broken = True

    def receive(**arguments: Any) -> None:
        if is_broken:
            raise ValueError("no such tenant")

    connect(envelope_sent, receive)
    tell(post, 1)
    tell(post, 2)
    page = read(browser, DASHBOARD)
    assert page.count("1 receiver(s) failed") == 2
    assert "Process all 2 failed messages again" in page
    is_broken = False
    first = ConnectMessage.objects.earliest("pk")
    answer = browser.post(PROCESS, {"pk": first.pk, "period": "7"}, follow=True)
    assert "1 message was processed again." in answer.content.decode()
    assert answer.request["QUERY_STRING"] == "period=7"
    assert ConnectMessage.objects.failed().count() == 1
    browser.post(PROCESS, {"period": "30"})
    assert ConnectMessage.objects.failed().count() == 0
    assert "No message has failed." in read(browser, DASHBOARD)


@pytest.mark.django_db(transaction=True)
def test_all_means_those_of_the_chosen_account_and_listener(
    post: Callable[..., Any], configure: Callable[..., None], browser: Client
) -> None:
    configure(LISTENERS={"sales": {}})
    post(b"{broken")
    post(b"{broken, too", listener="sales/")
    ConnectMessage.objects.update(attempts=3)
    browser.post(PROCESS, {"listener": "sales"})
    assert ConnectMessage.objects.get(listener="sales").attempts == 1
    assert ConnectMessage.objects.get(listener="default").attempts == 3


def test_what_is_done_with_is_not_processed_again(
    post: Callable[..., Any], browser: Client
) -> None:
    tell(post)
    message = ConnectMessage.objects.get()
    for pk in (str(message.pk), "none", "9" * 30, "\0"):
        answer = browser.post(PROCESS, {"pk": pk}, follow=True)
        assert "Nothing was left to be processed again." in answer.content.decode()
    message.refresh_from_db()
    assert message.replays == 0


def test_only_who_may_process_has_the_buttons(post: Callable[..., Any]) -> None:
    post(b"{broken")
    viewer = staff(*VIEW)
    page = read(viewer, DASHBOARD)
    assert "UnreadableMessage" in page
    assert "Process again" not in page
    assert viewer.post(PROCESS).status_code == 403
    assert staff("process_connectmessage").post(PROCESS).status_code == 403
    assert ConnectMessage.objects.get().attempts == 1


def test_processing_needs_a_form_with_its_token(browser: Client) -> None:
    assert browser.get(PROCESS).status_code == 405
    assert browser.post(DASHBOARD).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies
    assert strict.post(PROCESS).status_code == 403


def test_silence_of_a_listener_and_the_keys_in_use_are_told(
    post: Callable[..., Any], configure: Callable[..., None], browser: Client
) -> None:
    configure(
        HMAC_KEYS=["test-key", "next-key"],
        SILENCE_AFTER=3600,
        LISTENERS={"sales": {"SILENCE_AFTER": None}},
    )
    tell(post)
    ConnectMessage.objects.update(received_at=F("received_at") - timedelta(hours=3))
    told = section(read(browser, DASHBOARD), "listeners")
    assert "default Last message 3 hours ago" in told
    assert told.count("Silent for longer than it may be.") == 1
    assert f"{fingerprint('test-key')}… 3 hours ago" in told
    assert f"{fingerprint('next-key')}… never" in told
    assert "sales Last message None yet" in told
    assert "test-key" not in told


def test_refusals_are_told_by_reason(post: Callable[..., Any], browser: Client) -> None:
    for _ in range(3):
        post(sim("envelope-sent"), key="wrong")
    Client().post("/docusign/connect/", b"{}", content_type="application/json")
    told = section(read(browser, DASHBOARD), "listeners")
    assert "3 no signature matches a configured key 1 no signature header" in told


def test_picture_has_a_title_and_a_table_behind_it(
    post: Callable[..., Any], browser: Client
) -> None:
    tell(post)
    page = read(browser, DASHBOARD)
    assert 'role="img" aria-labelledby="docusign-picture-title" aria-desc' in page
    today = timezone.localdate()
    assert f"{today:%B} {today.day} 1 0 0 0 0 1" in section(page, "days")
    assert "style=" not in page.split('id="content-main"')[1]
    assert "<script" not in page.split('id="content-main"')[1].split("</main>")[0]


def test_numbers_are_written_as_the_language_does(
    post: Callable[..., Any], browser: Client
) -> None:
    tell(post)
    message = ConnectMessage.objects.get()
    names = [field.attname for field in ConnectMessage._meta.concrete_fields]
    values = {name: getattr(message, name) for name in names if name != "id"}
    ConnectMessage.objects.bulk_create(
        ConnectMessage(**{**values, "identity": str(number)}) for number in range(1200)
    )
    assert "In all: 1,201" in section(read(browser, DASHBOARD), "days")
    with translation.override("de"):
        german = browser.get(DASHBOARD, headers={"Accept-Language": "de"})
    assert "1.201" in section(german.content.decode(), "days")
