"""The dashboard's numbers are those that counting all rows one by one gives."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import F
from django.test import Client
from django.utils import timezone

from django_docusign_connect.models import ConnectMessage, Envelope
from django_docusign_connect.signals import connect_event
from django_docusign_connect.simulator import tell, write_messages
from tests.admin_pages import read, staff
from tests.bodies import sim
from tests.test_admin_dashboard import DASHBOARD, EVERYTHING, PROCESS, section

pytestmark = pytest.mark.django_db(transaction=True)

OUTCOMES = ("Processed", "Ignored", "Pending", "Failed", "Abandoned")
SCENARIOS = ("signed-by-two", "declined", "voided", "expired", "with-documents")
LINK = re.compile(r'<a href="(/admin/docusign_connect/\w+/\?[^"]*)">([\d,]+)</a>')
DAYS = 40


@pytest.fixture(autouse=True)
def _options(configure: Callable[..., None]) -> None:
    configure(
        LISTENERS={"sales": {}, "closed": {"ACCOUNT_IDS": ["nobody"]}},
        RETRY_DELAYS=[1],
    )


@pytest.fixture
def browser() -> Client:
    return staff(*EVERYTHING)


class Receiver:
    """Fails now and then, until it is mended."""

    def __init__(self, chance: random.Random) -> None:
        self.chance, self.is_mended = chance, False

    def __call__(self, **arguments: Any) -> None:
        if not self.is_mended and self.chance.random() < 0.15:
            raise ValueError("not now")


def play(post: Callable[..., Any], chance: random.Random) -> None:
    """Tell stories to the listeners, and let it all have been on other days."""
    for index in range(8):
        moments = tell(
            chance.choice(SCENARIOS), seed=chance.randrange(1000), index=index
        )
        bodies = [message.body() for message in write_messages(moments)]
        listener = chance.choice(["", "", "sales/", "closed/"])
        for body in bodies[: chance.randint(1, len(bodies))]:
            post(body, listener=listener)
    for number in range(5):
        post(sim("envelope-sent", accountId=f"account {number % 2}"))
        post(b"{broken %d" % number)
    age(chance)


def age(chance: random.Random) -> None:
    for message in ConnectMessage.objects.all():
        ago = timedelta(minutes=chance.randrange(DAYS * 24 * 60))
        later = F("received_at") - ago
        ConnectMessage.objects.filter(pk=message.pk).update(received_at=later)
    now = timezone.now()
    for envelope in Envelope.objects.all():
        changed_at = now - timedelta(hours=chance.randrange(DAYS * 24))
        sent_at = changed_at - timedelta(hours=chance.randrange(1, 400))
        Envelope.objects.filter(pk=envelope.pk).update(
            changed_at=changed_at, initial_sent_at=sent_at, completed_at=changed_at
        )


def account_id() -> str:
    """Return the account of which the stories are told."""
    told = ConnectMessage.objects.exclude(account_id="").order_by("pk")
    return told.values_list("account_id", flat=True)[0]


def start_of(days: int) -> datetime:
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    day = today.date() - timedelta(days=days - 1)
    return timezone.make_aware(datetime(day.year, day.month, day.day))


def check(browser: Client, days: int, chosen: Mapping[str, str]) -> None:
    """Compare the page with what is counted one by one."""
    query = "&".join(f"{name}={text}" for name, text in chosen.items())
    page = read(browser, f"{DASHBOARD}?period={days}&{query}")
    start = start_of(days)
    check_messages(page, start, chosen)
    check_envelopes(page, start, chosen)


def check_messages(page: str, start: datetime, chosen: Mapping[str, str]) -> None:
    rows = [
        row
        for row in ConnectMessage.objects.all()
        if all(getattr(row, name) == text for name, text in chosen.items())
    ]
    recent = [row for row in rows if row.received_at >= start]
    told = section(page, "days")
    counts = Counter(row.status.capitalize() for row in recent)
    for outcome in OUTCOMES:
        assert f" {outcome}: {counts[outcome]} " in told
    assert f"In all: {len(recent)} " in told
    by_day = Counter(timezone.localtime(row.received_at).date() for row in recent)
    for day, number in by_day.items() if "Messages a day" in told else ():
        assert re.search(rf" {day:%B} {day.day}( \d+){{5}} {number}\b", told)
    backlog = Counter(row.status.capitalize() for row in rows)
    figures = section(page, "failing")
    for outcome in OUTCOMES[2:]:
        assert f" {backlog[outcome]} {outcome} " in figures


def check_envelopes(page: str, start: datetime, chosen: Mapping[str, str]) -> None:
    rows = [row for row in Envelope.objects.all() if is_chosen(row, chosen)]
    recent = [row for row in rows if row.changed_at >= start]
    told = section(page, "statuses")
    for status, number in Counter(row.status for row in recent).items():
        word = "Delivered (opened)" if status == "delivered" else status.capitalize()
        assert f" {word} {number} " in told
    new = [
        row for row in recent if row.initial_sent_at and row.initial_sent_at >= start
    ]
    opened = [row for row in new if row.delivered_at or row.status == "completed"]
    done = [row for row in new if row.status == "completed"]
    told = section(page, "stages")
    for stage, found in (("Sent", new), ("Opened by all", opened), ("Completed", done)):
        assert f" {stage} {len(found)} " in told or not new


def is_chosen(envelope: Envelope, chosen: Mapping[str, str]) -> bool:
    if chosen.get("account_id", envelope.account_id) != envelope.account_id:
        return False
    about = ConnectMessage.objects.about(envelope)
    listeners = set(about.values_list("listener", flat=True))
    return "listener" not in chosen or chosen["listener"] in listeners


def checks(browser: Client) -> None:
    for days in (1, 30, 365):
        check(browser, days, {})
    check(browser, 7, {"account_id": account_id()})
    check(browser, 90, {"listener": "sales"})
    check(browser, 30, {"listener": "closed", "account_id": account_id()})


def test_numbers_are_right_through_traffic_replays_and_deletions(
    post: Callable[..., Any], connect: Callable[..., None], browser: Client
) -> None:
    chance = random.Random(1)
    receiver = Receiver(chance)
    connect(connect_event, receiver)
    play(post, chance)
    checks(browser)
    for step in steps(post, browser, receiver):
        step()
        check(browser, 90, {})
    checks(browser)
    week_ago = timezone.now() - timedelta(days=7)
    ConnectMessage.objects.filter(received_at__lt=week_ago).delete()
    check(browser, 90, {})


def test_replay_that_ends_otherwise_is_counted_so(
    post: Callable[..., Any], configure: Callable[..., None], browser: Client
) -> None:
    post(sim("envelope-sent"))
    ConnectMessage.objects.update(received_at=F("received_at") - timedelta(days=3))
    assert "Processed: 1 Ignored: 0" in section(read(browser, DASHBOARD), "days")
    configure(ACCOUNT_IDS=["nobody"])
    run("docusign_replay", status="processed")
    assert "Processed: 0 Ignored: 1" in section(read(browser, DASHBOARD), "days")


def steps(
    post: Callable[..., Any], browser: Client, receiver: Receiver
) -> Iterator[Callable[[], object]]:
    """Yield what may happen to messages of days that were counted before."""
    yield lambda: post(sim("envelope-delivered", generated="2030-01-01T00:00:00Z"))
    yield lambda: run("docusign_replay", status="processed")
    yield lambda: ConnectMessage.objects.filter(status="failed").update(
        next_attempt_at=timezone.now()
    )
    yield lambda: run("docusign_process")
    receiver.is_mended = True
    yield lambda: browser.post(PROCESS, {"listener": "sales"})
    yield lambda: browser.post(PROCESS)
    abandoned = ConnectMessage.objects.undone()
    yield abandoned.ignore


def run(command: str, **options: Any) -> None:
    """Run a command; that messages fail is part of it."""
    with suppress(SystemExit):
        call_command(command, **options)


def test_each_number_leads_to_a_list_of_so_many(
    post: Callable[..., Any], browser: Client
) -> None:
    play(post, random.Random(3))
    for query in ("", "listener=default", f"account_id={account_id()}", "period=365"):
        links = set(LINK.findall(read(browser, f"{DASHBOARD}?{query}")))
        assert len(links) > 10, query
        for url, number in links:
            changelist = browser.get(unescape(url)).context["cl"]
            assert changelist.result_count == int(number.replace(",", "")), url


def test_all_messages_cannot_be_deleted_by_a_slip() -> None:
    assert not hasattr(ConnectMessage.objects, "delete")
