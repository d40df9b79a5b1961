"""What lists are narrowed by: each filter finds what it says, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from django_docusign_connect.models import ConnectMessage, Envelope
from django_docusign_connect.signals import envelope_sent
from tests.admin_pages import ENVELOPES, MESSAGES, read, staff, tell
from tests.bodies import ACCOUNT_ID, click, sample, sim

pytestmark = pytest.mark.django_db
Post = Callable[..., Any]
Connect = Callable[..., None]
START = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
CUT = "django_docusign_connect.admin.pages.MOST_ROWS"
SEARCHED = "django_docusign_connect.admin.change_list.SEARCHED"


def listed(browser: Client, url: str) -> list[Any]:
    page = browser.get(url)
    assert page.status_code == 200, page
    return list(page.context["cl"].result_list)


def envelopes(query: str) -> list[str]:
    rows = listed(staff("view_envelope"), f"{ENVELOPES}?{query}")
    return sorted(row.subject for row in rows)


def messages(query: str) -> list[str]:
    rows = listed(staff("view_connectmessage"), f"{MESSAGES}?{query}")
    return sorted(row.event for row in rows)


def older(browser: Client, url: str) -> str:
    """Return the URL by which a list goes on, empty if there is none."""
    page = read(browser, url)
    found = re.search(r'<p class="docusign-older"><a href="([^"]*)"', page)
    path = url.partition("?")[0]
    return path + found[1].replace("&amp;", "&") if found else ""


def keep_envelopes(number: int) -> None:
    """Keep envelopes that changed an hour after each other, the first one first."""
    rows = Envelope.objects.bulk_create(
        Envelope(envelope_id=UUID(int=one), subject=f"Lease {one}")
        for one in range(1, number + 1)
    )
    for row in rows:
        at = START + timedelta(hours=row.envelope_id.int)
        Envelope.objects.filter(pk=row.pk).update(changed_at=at)


def keep_messages(number: int, **values: Any) -> None:
    first = ConnectMessage.objects.count()
    ConnectMessage.objects.bulk_create(
        ConnectMessage(
            identity=f"{one:064}",
            event=f"event-{one}",
            received_at=START + timedelta(hours=one),
            **values,
        )
        for one in range(first, first + number)
    )


def test_envelopes_are_found_by_the_listener_that_heard_of_them(
    post: Post, configure: Callable[..., None]
) -> None:
    configure(LISTENERS={"tenant": {}})
    tell(post)
    post(sim("envelope-sent", envelopeId=str(UUID(int=2))), listener="tenant/")
    post(sim("envelope-sent", envelopeId=str(UUID(int=2))))
    tell(post, 3)
    second = str(Envelope.objects.get(envelope_id=UUID(int=2)).subject)
    assert envelopes("listener=tenant") == [second]
    assert len(envelopes("listener=default")) == 3
    assert envelopes("listener=none") == []


@pytest.mark.parametrize("name", ["envelope-completed", "recipient-completed"])
def test_envelopes_are_found_by_an_event_whether_stated_or_inferred(
    post: Post, name: str
) -> None:
    post(sample("xml/peopledoc_completed.xml"), content_type="text/xml")
    inferred = Envelope.objects.get().subject
    post(sim(name, envelopeId=str(UUID(int=2)), recipientId="1"))
    tell(post, 3)
    found = listed(staff("view_envelope"), f"{ENVELOPES}?event={name}")
    assert {row.envelope_id for row in found} >= {UUID(int=2)}
    assert inferred in [row.subject for row in found]
    assert UUID(int=3) not in {row.envelope_id for row in found}
    assert envelopes("event=no-such-event") == []


def test_event_of_an_old_envelope_is_found_by_the_message_that_states_it(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django_docusign_connect.models.tracing.SEARCHED", 1)
    tell(post)
    post(sim("envelope-purge", envelopeId=str(UUID(int=1))))
    tell(post, 2)
    tell(post, 3)
    assert envelopes("event=envelope-purge") == ["Lease 1"]


def test_envelopes_are_found_by_a_custom_field(post: Post) -> None:
    fields = [{"name": "lease", "value": "a:b"}, {"name": "tenant", "value": "17"}]
    tell(post, customFields={"textCustomFields": fields})
    tell(post, 2)
    assert envelopes("custom_field=lease:a:b") == ["Lease 1"]
    assert envelopes("custom_field=%20tenant:17%20") == ["Lease 1"]
    assert envelopes("custom_field=lease:a") == []


@pytest.mark.parametrize("text", ["lease", ":17", ":"])
def test_custom_field_that_is_none_is_explained(text: str) -> None:
    page = staff("view_envelope").get(f"{ENVELOPES}?custom_field={text}", follow=True)
    assert "Write a custom field as name:value" in page.content.decode()


def test_envelopes_and_messages_are_found_by_their_failures(
    post: Post, connect: Connect
) -> None:
    def fail(envelope: Envelope, **kwargs: Any) -> None:
        if envelope.subject == "Lease 2":
            raise ValueError("No such lease.")

    connect(envelope_sent, fail)
    tell(post)
    tell(post, 2)
    post(sim("envelope-voided", envelopeId=str(UUID(int=1))))
    post(b"{")
    assert envelopes("failures=yes") == ["Lease 2"]
    assert messages("failures=yes") == ["", "envelope-sent"]
    ConnectMessage.objects.filter(event="").update(status="abandoned")
    assert messages("failures=yes") == ["", "envelope-sent"]
    assert messages("failures=yes&event=envelope-sent") == ["envelope-sent"]
    assert messages("failures=yes&event=envelope-voided") == []


def test_filters_are_applied_together(post: Post) -> None:
    fields = {"textCustomFields": [{"name": "lease", "value": "1"}]}
    tell(post, customFields=fields)
    tell(post, 2, customFields=fields, status="voided")
    tell(post, 3)
    query = f"custom_field=lease:1&listener=default&account_id={ACCOUNT_ID}"
    assert envelopes(f"{query}&event=envelope-sent") == ["Lease 1", "Lease 2"]
    assert envelopes(f"{query}&status=sent&q=lease") == ["Lease 1"]


def test_messages_are_found_by_account_and_format(post: Post) -> None:
    tell(post)
    post(click())
    post(sample("xml/peopledoc_sent.xml"), content_type="text/xml")
    assert messages(f"account_id={ACCOUNT_ID}") == ["click-agreed", "envelope-sent"]
    assert messages("format=xml") == [""]
    assert messages("format=sim&format=xml") == ["", "click-agreed", "envelope-sent"]
    assert messages(f"account_id={ACCOUNT_ID}&format=xml") == []


def test_field_without_an_index_is_looked_for_in_the_newest_that_are_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(SEARCHED, 2)
    keep_messages(2, account_id="a", status="failed")
    keep_messages(3, account_id="b")
    assert messages("account_id=a") == []
    assert messages("account_id=b") == ["event-3", "event-4"]
    assert messages("account_id=a&status=failed") == ["event-0", "event-1"]
    browser = staff("view_connectmessage")
    page = read(browser, f"{MESSAGES}?account_id=a")
    assert "were looked for in the newest rows alone, back to March 1" in page
    url = older(browser, f"{MESSAGES}?account_id=a")
    seen = {row.event for row in listed(browser, url)}
    while url := older(browser, url):
        seen |= {row.event for row in listed(browser, url)}
    assert seen == {"event-0", "event-1"}


def test_period_is_from_a_day_until_before_another_in_the_viewers_zone() -> None:
    keep_envelopes(24)
    # The 16th hour from noon in UTC is the first of the 1st of March in New York.
    assert envelopes("changed_at__gte=2026-03-02&changed_at__lt=2026-03-03") == sorted(
        f"Lease {number}" for number in range(17, 25)
    )
    assert len(envelopes("changed_at__lt=2026-03-02")) == 16
    assert len(envelopes("changed_at__gte=2026-03-01T13:00:00Z")) == 24
    assert envelopes("changed_at__gte=2026-03-02T12:00:00%2B00:00") == ["Lease 24"]
    assert len(envelopes("changed_at__gte=&changed_at__lt=")) == 24


def test_period_is_shown_in_its_form_and_can_be_taken_away() -> None:
    query = "changed_at__gte=2026-03-01&changed_at__lt=2026-03-02&status=sent"
    page = read(staff("view_envelope"), f"{ENVELOPES}?{query}")
    assert 'name="changed_at__gte" type="date" value="2026-03-01"' in page
    assert 'name="changed_at__lt" type="date" value="2026-03-02"' in page
    assert '<a href="?status=sent">All</a>' in page
    assert "Clear all filters" in page


def test_form_of_a_filter_keeps_the_other_filters(post: Post) -> None:
    query = "status=sent&changed_at__year=2026&q=lease&account_id=a&p=2"
    page = read(staff("view_envelope"), f"{ENVELOPES}?{query}")
    form = page.partition('<label for="filter-account_id"')[0].rpartition("<form")[2]
    kept = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]+)"', form))
    assert kept == {"status": "sent", "changed_at__year": "2026", "q": "lease"}


def test_filter_offers_few_values_and_suggests_the_others(post: Post) -> None:
    for number in range(1, 21):
        tell(post, number)
        row = Envelope.objects.filter(envelope_id=UUID(int=number))
        row.update(account_id=f"account-{number:02}")
    page = read(staff("view_envelope"), ENVELOPES)
    assert page.count('href="?account_id=account-') == 8
    assert page.count('<option value="account-') == 20


def test_list_goes_on_with_what_is_older_until_all_are_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(CUT, 60)
    keep_envelopes(150)
    browser = staff("view_envelope")
    url, seen = ENVELOPES, list[str]()
    while url:
        assert older(browser, url) == ""
        last = f"{url}{'&' if '?' in url else '?'}p=2"
        seen += [row.subject for page in (url, last) for row in listed(browser, page)]
        url = older(browser, last)
    assert sorted(set(seen)) == sorted(f"Lease {one}" for one in range(1, 151))


def test_what_is_older_stays_within_the_period(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CUT, 10)
    keep_envelopes(40)
    browser = staff("view_envelope")
    period = "changed_at__year=2026&changed_at__month=3&changed_at__day=2"
    url, seen = f"{ENVELOPES}?{period}", set[str]()
    while url:
        seen |= {row.subject for row in listed(browser, url)}
        url = older(browser, url)
    assert seen == {f"Lease {number}" for number in range(17, 41)}


def test_list_that_is_cut_says_that_there_are_more_than_it_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(CUT, 2)
    keep_envelopes(3)
    browser = staff("view_envelope", "view_connectmessage")
    page = read(browser, f"{ENVELOPES}?q=lease")
    assert "more than 2 results" in page
    assert "More than 2 envelopes" in page


def test_search_keeps_the_filters_and_takes_no_text_too_long(post: Post) -> None:
    tell(post)
    page = read(staff("view_envelope"), f"{ENVELOPES}?status=sent&q={'x' * 1001}")
    search = page.partition('id="changelist-search"')[2].partition("</form>")[0]
    assert '<input type="hidden" name="status" value="sent">' in search
    assert "Ensure this value has at most 1000 characters" in page
    assert "Lease 1" in page


@pytest.mark.parametrize("name", ["account_id", "listener", "event", "status"])
def test_filter_of_which_nothing_is_typed_is_none(post: Post, name: str) -> None:
    tell(post)
    assert envelopes(f"{name}=") == ["Lease 1"]
    assert messages(f"{name}=&format=") == ["envelope-sent"]


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("foo=bar&status=sent", "foo=bar"),
        ("status=sent&changed_at__gte=rubbish", "changed_at__gte=rubbish"),
        ("failures=maybe&status=sent", "failures=maybe"),
        ("stage=nope&status=sent", "stage=nope"),
        ("first_sent__gte=2026-01-01&foo=bar", "foo=bar"),
        ("envelope_id=x&stage=sent&event=x&q=x", "envelope_id=x"),
        ("changed_at__month=2", "changed_at__month=2"),
        ("changed_at__gte=9999-12-31&q=x", "changed_at__gte=9999-12-31"),
        ("custom_field=lease", "custom_field=lease"),
        (f"foo={'x' * 2000}", f"foo={'x' * 95}…"),
        ("foo=<script>", "foo=<script>"),
    ],
)
def test_list_says_which_parameter_it_cannot_be_asked_for(
    query: str, wrong: str
) -> None:
    browser = staff("view_envelope")
    for url in (f"{ENVELOPES}?{query}", f"{ENVELOPES}export/?{query}"):
        page = browser.get(url, follow=True)
        assert page.redirect_chain == [(f"{ENVELOPES}?e=1", 302)]
        notes = [str(note) for note in page.context["messages"]]
        note = f"This list cannot be asked for “{wrong}”; it shows all rows."
        assert notes[-1] == note


def test_list_says_that_it_has_no_such_page() -> None:
    keep_envelopes(60)
    page = staff("view_envelope").get(f"{ENVELOPES}?q=lease&p=99", follow=True)
    assert "cannot be asked for “p=99”" in page.content.decode()
