"""The lists of the admin: columns, export, many rows at once; without a script, too."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Download, Page, expect

from django_docusign_connect.simulator import tell, write_messages
from tests.example_site import Site

ENVELOPES = "/admin/docusign_connect/envelope/"
MESSAGES = "/admin/docusign_connect/connectmessage/"


@pytest.fixture
def told(site: Site, admin: Page) -> Page:
    """The admin's browser, once six envelopes were told of."""
    for index in range(6):
        for message in list(write_messages(tell("voided", seed=3, index=index)))[:2]:
            site.deliver(message)
    return admin


@pytest.fixture
def unscripted(chromium: Browser, told: Page, site: Site) -> Page:
    """The same one's browser, which runs no script."""
    state = told.context.storage_state()
    context = chromium.new_context(
        base_url=site.url, java_script_enabled=False, storage_state=state
    )
    return context.new_page()


def rows(download: Download) -> list[dict[str, str]]:
    with Path(download.path()).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_export_says_how_far_it_is_and_ends_in_a_file(
    told: Page, complaints: list[str]
) -> None:
    told.goto(ENVELOPES)
    told.get_by_role("link", name="Export as CSV…").click()
    expect(told.locator("#content")).to_contain_text("The file will have 6 rows")
    stop = told.get_by_role("button", name="Stop")
    expect(stop).to_be_hidden()
    with told.expect_download() as download:
        told.get_by_role("button", name="Download").click()
    expect(told.get_by_role("status")).to_contain_text("the file has 6 rows")
    expect(stop).to_be_hidden()
    assert told.locator("progress").evaluate("bar => bar.value / bar.max") == 1
    assert len(rows(download.value)) == 6
    assert download.value.suggested_filename.startswith("envelopes-")
    assert complaints == []


def test_export_that_is_stopped_or_breaks_off_says_so(told: Page) -> None:
    told.goto(f"{ENVELOPES}export/")
    told.route("**/export/", lambda route: None)
    told.get_by_role("button", name="Download").click()
    told.get_by_role("button", name="Stop").click()
    expect(told.get_by_role("status")).to_have_text("Stopped. No file was made.")
    told.unroute_all(behavior="ignoreErrors")
    told.route("**/export/", lambda route: route.abort())
    told.get_by_role("button", name="Download").click()
    expect(told.get_by_role("status")).to_contain_text("Please try again.")
    expect(told.get_by_role("button", name="Download")).to_be_enabled()


def test_export_of_ticked_rows_works_without_a_script(unscripted: Page) -> None:
    unscripted.goto(ENVELOPES)
    for number in (0, 2):
        unscripted.locator(".action-select").nth(number).check()
    unscripted.locator("select[name=action]").select_option("export_selected")
    unscripted.get_by_role("button", name="Go").click()
    expect(unscripted.locator("#content")).to_contain_text("The file will have 2 rows")
    with unscripted.expect_download() as download:
        unscripted.get_by_role("button", name="Download").click()
    assert len(rows(download.value)) == 2


def test_columns_are_chosen_and_come_back(told: Page, complaints: list[str]) -> None:
    told.goto(f"{ENVELOPES}?status=created")
    expect(told.locator("#result_list")).not_to_contain_text("example.com")
    told.locator("summary", has_text="Columns").click()
    told.get_by_label("Sender email").check()
    told.get_by_role("checkbox", name="Account").uncheck()
    told.get_by_role("button", name="Show these").click()
    expect(told.locator("#result_list")).to_contain_text("example.com")
    expect(told.locator("#result_list thead")).not_to_contain_text("Account")
    assert told.url.endswith("?status=created")
    told.locator("summary", has_text="Columns").click()
    told.get_by_role("button", name="Show the usual ones").click()
    expect(told.locator("#result_list thead")).to_contain_text("Account")
    assert complaints == []


@pytest.mark.parametrize("with_script", [True, False])
def test_all_that_a_filter_leaves_is_ignored_after_a_question(
    site: Site, told: Page, unscripted: Page, with_script: bool
) -> None:
    for number in range(3):
        site.post(b"{" + b" " * number)
    page = told if with_script else unscripted
    page.goto(f"{MESSAGES}?status=failed")
    for box in page.locator(".action-select").all():
        box.check()
    page.locator("select[name=action]").select_option("ignore")
    page.get_by_role("button", name="Go").click()
    expect(page.locator("#content")).to_contain_text("Ignore 3 messages?")
    page.get_by_role("button", name="Ignore", exact=True).click()
    told_of = page.locator(".messagelist")
    expect(told_of).to_have_text("3 messages will not be processed.")
    assert page.url.endswith("?status=failed")
    page.goto(f"{MESSAGES}?status=ignored")
    expect(page.locator(".paginator")).to_contain_text("3 Connect messages")


def test_typed_filter_narrows_the_list_and_keeps_the_others(told: Page) -> None:
    told.goto(f"{ENVELOPES}?status=created")
    event = told.get_by_label("Event. Exactly:")
    event.fill("envelope-created")
    event.press("Enter")
    expect(told.locator("#result_list tbody tr")).to_have_count(6)
    assert "status=created" in told.url
    told.get_by_label("Event. Exactly:").fill("envelope-purge")
    told.locator("form", has=told.get_by_label("Event. Exactly:")).get_by_role(
        "button"
    ).click()
    expect(told.locator(".paginator")).to_contain_text("0 envelopes")
