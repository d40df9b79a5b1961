from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from django_docusign_connect.simulator import Message, tell, write_messages
from tests.example_site import Site

TWO_SECONDS = 2000


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


def test_nothing_is_cut_off_at_any_width(
    site: Site, page: Page, messages: list[Message]
) -> None:
    for message in messages:
        site.deliver(message)
    envelope = messages[0].moment.envelope
    for path in ("/", f"/envelopes/{envelope.envelope_id}/"):
        for width in (320, 390, 800, 1280):
            page.set_viewport_size({"width": width, "height": 700})
            page.goto(path)
            assert page.evaluate(CUT_OFF) == []


#: The elements that are wider inside than outside, but those for screen readers only.
CUT_OFF = """
    [...document.querySelectorAll('body, main, main *')]
    .filter(e => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1)
    .map(e => e.outerHTML.slice(0, 80))
"""
