from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from django_docusign_connect.simulator import Message, tell, write_messages
from tests.example_site import SERVERS, Site

TWO_SECONDS = 2000

by_each_server = pytest.mark.parametrize("site", SERVERS, indirect=True)
with_streams = pytest.mark.parametrize("site", ["uvicorn"], indirect=True)


@pytest.fixture
def messages() -> list[Message]:
    return list(write_messages(tell("signed-by-two", seed=1)))


@pytest.fixture
def subject(messages: list[Message]) -> str:
    return messages[0].moment.envelope.subject


@pytest.fixture
def unscripted(chromium: Browser, site: Site) -> Iterator[Page]:
    """A page of a browser that runs no script."""
    context = chromium.new_context(base_url=site.url, java_script_enabled=False)
    with context:
        yield context.new_page()


def open_page(page: Page, path: str) -> None:
    """Open a page, and mark it with what only lives until it is loaded again."""
    page.goto(path)
    page.evaluate("window.mark = 'still here'")
    expect(page.locator("#connection")).to_have_text("Live")


def is_same_page(page: Page) -> bool:
    return bool(page.evaluate("window.mark") == "still here")


def test_list_shows_a_message_within_two_seconds_without_a_reload(
    site: Site, page: Page, messages: list[Message], subject: str, complaints: list[str]
) -> None:
    open_page(page, "/")
    site.deliver(messages[0])
    row = page.get_by_role("listitem").filter(has=page.get_by_role("heading"))
    expect(row.filter(has_text=subject)).to_contain_text("Draft", timeout=TWO_SECONDS)
    for message in messages[1:]:
        site.deliver(message)
    expect(row).to_contain_text("Completed", timeout=TWO_SECONDS)
    assert row.count() == 1
    assert is_same_page(page)
    assert complaints == []


@by_each_server
def test_envelope_shows_a_message_within_two_seconds_without_a_reload(
    site: Site, page: Page, messages: list[Message], complaints: list[str]
) -> None:
    site.deliver(messages[0])
    page.goto("/")
    path = page.locator(".envelope a").get_attribute("href") or ""
    open_page(page, path)
    for message in messages[1:]:
        site.deliver(message)
    timeline = page.locator("#timeline")
    expect(timeline).to_contain_text("Envelope completed", timeout=TWO_SECONDS)
    expect(page.locator("#recipients")).to_contain_text("Signed")
    assert timeline.get_by_role("listitem").count() == len(messages)
    assert is_same_page(page)
    assert complaints == []


def test_focus_stays_on_a_link_whose_row_moves(
    site: Site, page: Page, messages: list[Message], subject: str
) -> None:
    site.deliver(messages[0])
    site.deliver(next(write_messages(tell("voided", seed=2))))
    open_page(page, "/")
    page.get_by_role("link", name=subject).focus()
    site.deliver(messages[1])
    expect(page.locator(".envelope").first).to_contain_text(subject)
    expect(page.get_by_role("link", name=subject)).to_be_focused()


def test_screen_readers_are_told_of_changes_in_one_sentence(
    site: Site, page: Page, messages: list[Message], subject: str
) -> None:
    open_page(page, "/")
    for message in messages:
        site.deliver(message)
    news = page.locator("#news")
    expect(news).to_have_attribute("role", "status")
    expect(news).to_contain_text(subject)


def test_page_says_when_the_server_is_away_and_when_it_is_back(
    site: Site, page: Page
) -> None:
    open_page(page, "/")
    connection = page.locator("#connection")
    page.context.set_offline(True)
    expect(connection).to_contain_text("The server does not answer")
    page.context.set_offline(False)
    expect(connection).to_have_text("Live")
    assert is_same_page(page)


def test_page_works_without_scripts_by_loading_itself_again(
    site: Site, unscripted: Page, messages: list[Message], subject: str
) -> None:
    unscripted.goto("/")
    site.deliver(messages[0])
    expect(unscripted.get_by_role("link", name=subject)).to_be_visible(timeout=15_000)


@pytest.fixture
def asked(page: Page) -> list[str]:
    """What the page asks of the view that keeps it live: each time, by what."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("/live/"):
            asked.append(request.resource_type)

    page.on("request", note)
    return asked


def page_of(message: Message) -> str:
    return f"/envelopes/{message.moment.envelope.envelope_id}/"


@with_streams
def test_page_is_told_by_one_stream_for_all_of_it(
    site: Site, page: Page, messages: list[Message], asked: list[str]
) -> None:
    for message in messages[:-1]:
        site.deliver(message)
    open_page(page, page_of(messages[0]))
    site.deliver(messages[-1])
    badge = page.locator(".docusign-status").get_by_role("status")
    expect(badge.get_by_text("Completed")).to_be_visible()
    expect(page.get_by_role("log")).to_contain_text("Envelope completed")
    assert asked == ["eventsource"]


def test_page_asks_by_itself_where_there_are_no_streams(
    site: Site, page: Page, messages: list[Message], asked: list[str]
) -> None:
    site.deliver(messages[0])
    open_page(page, page_of(messages[0]))
    site.deliver(messages[1])
    expect(page.get_by_role("log").get_by_role("listitem")).to_have_count(2)
    assert asked[0] == "eventsource"
    assert set(asked[1:]) == {"fetch"}


HIDE = """hidden => {
    Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});
    document.dispatchEvent(new Event('visibilitychange'));
}"""


@by_each_server
def test_page_that_is_not_seen_asks_nothing_and_catches_up(
    site: Site, page: Page, messages: list[Message], asked: list[str]
) -> None:
    site.deliver(messages[0])
    open_page(page, page_of(messages[0]))
    page.evaluate(HIDE, True)
    expect(page.locator("#connection")).to_have_text("Paused")
    page.wait_for_timeout(500)
    asked.clear()
    for message in messages[1:]:
        site.deliver(message)
    page.wait_for_timeout(2500)
    assert asked == []
    page.evaluate(HIDE, False)
    expect(page.get_by_role("log")).to_contain_text("Envelope completed")
    expect(page.locator("#connection")).to_have_text("Live")


@by_each_server
def test_final_envelope_is_asked_about_slowly_and_by_no_stream(
    site: Site, page: Page, messages: list[Message], asked: list[str]
) -> None:
    for message in messages:
        site.deliver(message)
    open_page(page, page_of(messages[0]))
    page.wait_for_timeout(4000)
    assert asked == ["fetch"]


@by_each_server
def test_badge_says_when_it_is_not_up_to_date(
    site: Site, page: Page, messages: list[Message]
) -> None:
    site.deliver(messages[0])
    open_page(page, page_of(messages[0]))
    notes = page.get_by_text("Not up to date")
    expect(notes.first).to_be_hidden()
    page.context.set_offline(True)
    for note in notes.all():
        expect(note).to_be_visible()
    page.context.set_offline(False)
    site.deliver(messages[1])
    for note in notes.all():
        expect(note).to_be_hidden()
    expect(page.get_by_role("log").get_by_role("listitem")).to_have_count(2)


@by_each_server
def test_page_of_an_envelope_that_is_gone_stops_asking(
    site: Site, page: Page, messages: list[Message], asked: list[str]
) -> None:
    site.deliver(messages[0])
    open_page(page, page_of(messages[0]))
    site.manage("shell", "--verbosity=0", "--command", DELETE_ALL)
    # A browser asks for the next stream in a few seconds.
    ended = page.locator("#connection").get_by_text("changes no more")
    expect(ended).to_be_visible(timeout=15_000)
    expect(page.get_by_text("Not up to date").first).to_be_visible()
    asked.clear()
    page.wait_for_timeout(3000)
    assert asked == []


DELETE_ALL = """
from django_docusign_connect.models import Envelope
Envelope.objects.all().delete()
"""


@by_each_server
def test_what_a_sender_writes_stays_text_when_it_comes_live(
    site: Site, page: Page, messages: list[Message], complaints: list[str]
) -> None:
    site.deliver(messages[0])
    open_page(page, page_of(messages[0]))
    name = "<img src=x onerror=alert(1)>"
    recipient = messages[1].moment.envelope.recipients[0].person.name
    for message in messages[1:3]:
        body = message.body().decode().replace(recipient, name)
        assert site.post(body.encode()).status == 200
    expect(page.get_by_role("log")).to_contain_text(f"{name} was asked to sign")
    assert page.locator("main img").count() == 0
    assert complaints == []


@with_streams
def test_page_of_many_badges_opens_two_streams_and_keeps_all_live(
    site: Site, page: Page, asked: list[str]
) -> None:
    stories = [list(write_messages(tell("voided", seed=seed))) for seed in range(8)]
    for story in stories:
        site.deliver(story[0])
    badges = "".join(
        f'<p data-docusign-live="{page_of(story[0])}live/" data-docusign-status="">'
        '<b data-docusign="status_label"></b></p>'
        for story in stories
    )
    script = '<script src="/static/docusign_connect/live.js" defer></script>'
    page.route("**/badges/", lambda route: route.fulfill(body=script + badges))
    page.goto("/badges/")
    expect(page.locator("b").get_by_text("Draft")).to_have_count(8)
    assert asked.count("eventsource") == 2
    for story in stories:
        for message in story[1:]:
            site.deliver(message)
    expect(page.locator("b").get_by_text("Voided")).to_have_count(8)


def test_nothing_moves_for_who_wants_no_motion(
    site: Site, page: Page, messages: list[Message]
) -> None:
    page.emulate_media(reduced_motion="reduce")
    site.deliver(messages[0])
    open_page(page, page_of(messages[0]))
    site.deliver(messages[1])
    new = page.locator("li.docusign-new").first
    expect(new).to_be_visible()
    animation = "element => getComputedStyle(element).animationName"
    assert new.evaluate(animation) == "none"
    page.emulate_media(reduced_motion="no-preference")
    assert new.evaluate(animation) == "docusign-new"


def test_nothing_is_cut_off_at_any_width(
    site: Site, page: Page, messages: list[Message]
) -> None:
    for message in messages:
        site.deliver(message)
    for path in ("/", page_of(messages[0])):
        for width in (320, 390, 800, 1280):
            page.set_viewport_size({"width": width, "height": 700})
            page.goto(path)
            assert page.evaluate(CUT_OFF) == []
            page.evaluate("document.documentElement.dir = 'rtl'")
            assert page.evaluate(CUT_OFF) == []


#: The elements that are wider inside than outside, but those for screen readers only.
CUT_OFF = """
    [...document.querySelectorAll('body, main, main *')]
    .filter(e => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1)
    .map(e => e.outerHTML.slice(0, 80))
"""
