from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from django_docusign_connect.simulator import tell, write_messages
from tests.example_site import Site

ADMIN = "/admin/docusign_connect"
MESSAGE = f"{ADMIN}/connectmessage/1/change/"
ENVELOPE = f"{ADMIN}/envelope/1/change/"
IN_BERLIN = {"DJANGO_SETTINGS_MODULE": "tests.berlin_settings"}


@pytest.fixture
def told(site: Site, admin: Page) -> Page:
    """The browser of an admin whose site was told of one envelope."""
    for message in write_messages(tell("declined", seed=1)):
        site.deliver(message)
    return admin


def shown_body(page: Page) -> str:
    return page.locator("#docusign-text").text_content() or ""


def test_search_marks_what_it_finds_in_a_body_and_steps_through_it(
    told: Page, complaints: list[str]
) -> None:
    told.goto(MESSAGE)
    body = shown_body(told)
    count = body.lower().count("envelopeid")
    search = told.get_by_label("Find in the body")
    search.fill("ENVELOPEID")
    news = told.locator("#docusign-news")
    expect(news).to_have_text(f"1 of {count}")
    expect(told.locator("mark")).to_have_count(count)
    search.press("Enter")
    expect(news).to_have_text(f"2 of {count}")
    expect(told.locator("mark.docusign-current")).to_be_in_viewport()
    told.get_by_role("button", name="Previous").click()
    told.get_by_role("button", name="Previous").click()
    expect(news).to_have_text(f"{count} of {count}")
    assert shown_body(told) == body
    assert told.url.endswith(MESSAGE)
    assert complaints == []


def test_search_takes_signs_as_they_are_and_says_when_nothing_is_found(
    told: Page,
) -> None:
    told.goto(MESSAGE)
    search = told.get_by_label("Find in the body")
    search.fill(".*")
    expect(told.locator("#docusign-news")).to_have_text("Nothing found")
    search.fill("")
    expect(told.locator("#docusign-news")).to_be_empty()
    search.fill('": {')
    expect(told.locator("mark").first).to_have_text('": {')


def test_body_is_copied_with_one_click(told: Page, complaints: list[str]) -> None:
    told.context.grant_permissions(["clipboard-read", "clipboard-write"])
    told.goto(MESSAGE)
    told.get_by_role("button", name="Copy", exact=True).click()
    expect(told.locator("#docusign-news")).to_have_text("Copied")
    assert told.evaluate("navigator.clipboard.readText()") == shown_body(told)
    assert complaints == []


def test_body_is_copied_where_the_clipboard_is_closed(told: Page) -> None:
    told.context.grant_permissions(["clipboard-read"])
    told.goto(MESSAGE)
    told.evaluate(
        "Object.defineProperty(navigator.clipboard, 'writeText', {value: undefined})"
    )
    told.get_by_role("button", name="Copy", exact=True).click()
    expect(told.locator("#docusign-news")).to_have_text("Copied")
    assert '"event"' in told.evaluate("navigator.clipboard.readText()")


def test_without_scripts_the_body_is_there_and_no_tool_that_does_nothing(
    told: Page, chromium: Browser, site: Site
) -> None:
    state = told.context.storage_state()
    with chromium.new_context(
        base_url=site.url, storage_state=state, java_script_enabled=False
    ) as context:
        page = context.new_page()
        page.goto(MESSAGE)
        expect(page.locator("#docusign-text")).to_contain_text('"event"')
        expect(page.locator("#docusign-tools")).to_be_hidden()


@pytest.mark.parametrize("variables", [IN_BERLIN], indirect=True)
def test_utc_is_seen_by_who_points_at_an_event_or_tabs_to_it(told: Page) -> None:
    told.goto(ENVELOPE)
    first = told.locator(".docusign-event").first
    utc = first.locator(".docusign-utc")
    expect(utc).to_be_hidden()
    first.hover()
    expect(utc).to_be_visible()
    told.locator("h1").hover()
    expect(utc).to_be_hidden()
    first.locator("summary").focus()
    expect(utc).to_be_visible()


def test_signals_of_one_event_are_sent_again_by_the_keyboard_alone(
    told: Page, complaints: list[str]
) -> None:
    told.goto(ENVELOPE)
    event = told.locator(".docusign-event").filter(has_text="Envelope declined")
    event.locator("summary").press("Enter")
    event.get_by_role("link", name="Send signals again").press("Enter")
    expect(told.get_by_role("heading", name="Send signals again")).to_be_visible()
    receivers = told.get_by_role("group", name="Receivers")
    receivers.get_by_label("receivers.give_lease_up").press("Space")
    told.get_by_role("button", name="Send signals again").press("Enter")
    note = "1 receiver was told again of envelope-declined."
    expect(told.locator(".messagelist")).to_have_text(note)
    expect(event).to_contain_text("sent again by hand")
    told.get_by_role("link", name="History").click()
    expect(told.locator("#change-history")).to_contain_text("give_lease_up")
    assert complaints == []
