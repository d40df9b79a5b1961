"""The dashboard in a browser: narrowed, followed to a list, and acted from."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from django_docusign_connect.simulator import tell, write_messages
from tests.example_site import Site

DASHBOARD = "/admin/docusign_connect/dashboard/"


def test_number_leads_to_its_list_and_the_form_narrows(
    site: Site, admin: Page, complaints: list[str]
) -> None:
    for message in write_messages(tell("signed-by-two", seed=1)):
        site.deliver(message)
    admin.goto("/admin/docusign_connect/")
    admin.get_by_role("link", name="Dashboard", exact=True).first.click()
    admin.get_by_label("Period").select_option("7 days")
    admin.get_by_role("button", name="Show").click()
    expect(admin).to_have_url(re.compile("period=7"))
    statuses = admin.get_by_role("region", name="Envelopes by status")
    expect(statuses.get_by_role("row", name="Completed")).to_contain_text("100 %")
    statuses.get_by_role("row", name="Completed").get_by_role("link").click()
    expect(admin.locator("#result_list tbody tr")).to_have_count(1)
    assert complaints == []


def test_picture_has_words_and_a_table_that_unfolds(
    site: Site, admin: Page, complaints: list[str]
) -> None:
    for message in write_messages(tell("voided", seed=1)):
        site.deliver(message)
    admin.goto(DASHBOARD)
    days = admin.get_by_role("region", name="Messages a day, by outcome")
    picture = days.get_by_role("img", name="Messages by the day they came")
    expect(picture).to_have_accessible_description(re.compile("the highest column has"))
    table = days.get_by_role("table")
    expect(table).to_be_hidden()
    days.get_by_text("The numbers as a table").click()
    expect(table.get_by_role("row")).to_have_count(31)
    assert complaints == []


def test_failed_message_is_processed_again_by_one_click(
    site: Site, admin: Page, complaints: list[str]
) -> None:
    for body in (b"{broken", b"{broken, too"):
        site.post(body)
    admin.goto(f"{DASHBOARD}?period=90")
    failing = admin.get_by_role("region", name="Messages that need attention")
    expect(failing.get_by_role("listitem")).to_have_count(2)
    failing.get_by_role("button", name="Process unreadable again").first.click()
    expect(admin.locator(".messagelist")).to_contain_text("1 message failed")
    failing.get_by_role("button", name="Process all 2 failed messages again").click()
    expect(admin.locator(".messagelist")).to_contain_text("2 messages failed")
    expect(admin).to_have_url(re.compile("period=90"))
    assert complaints == []
