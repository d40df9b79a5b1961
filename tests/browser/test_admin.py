from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from django_docusign_connect.simulator import Message, tell, write_messages
from tests.example_site import Site

MESSAGES = "/admin/docusign_connect/connectmessage/"


def change_database(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


@pytest.fixture
def failed(site: Site) -> Message:
    """A message whose receiver failed for a reason that is mended meanwhile."""
    moments = next(
        moments
        for seed in range(100)
        if (moments := tell("voided", seed=seed))[0].envelope.subject[:5] == "Lease"
    )
    message = next(write_messages(moments))
    change_database(site.database, "ALTER TABLE leases_lease RENAME TO away")
    site.deliver(message)
    change_database(site.database, "ALTER TABLE away RENAME TO leases_lease")
    return message


def test_selected_failed_message_is_processed_again(
    failed: Message, admin: Page, complaints: list[str]
) -> None:
    admin.goto(MESSAGES)
    expect(admin.locator("#result_list")).to_contain_text("Failed")
    admin.locator(".action-select").check()
    admin.locator("select[name=action]").select_option("process_again")
    admin.get_by_role("button", name="Go").click()
    expect(admin.locator(".messagelist")).to_contain_text("1 message was processed")
    expect(admin.locator("#result_list")).to_contain_text("Processed")
    assert complaints == []


def test_failed_message_is_one_click_from_another_try(
    site: Site, failed: Message, admin: Page, complaints: list[str]
) -> None:
    admin.goto(MESSAGES)
    admin.locator("#result_list tbody a").first.click()
    expect(admin.locator("#content")).to_contain_text("no such table: leases_lease")
    admin.get_by_role("button", name="Process again").click()
    expect(admin.locator(".messagelist")).to_contain_text("1 message was processed")
    envelope = failed.moment.envelope
    assert ">Offered<" in site.get(f"/envelopes/{envelope.envelope_id}/").text
    assert complaints == []


def test_admin_works_under_the_strict_content_security_policy(
    site: Site, admin: Page, complaints: list[str]
) -> None:
    for message in write_messages(tell("with-documents", seed=1)):
        site.deliver(message)
    for path in (
        "docusign_connect/envelope/",
        "docusign_connect/envelope/1/change/",
        "docusign_connect/connectmessage/",
        "docusign_connect/connectmessage/1/change/",
        "leases/lease/",
        "leases/lease/add/",
        "auth/user/1/change/",
    ):
        admin.goto(f"/admin/{path}")
        expect(admin.locator("#content h1")).to_be_visible()
    assert complaints == []
