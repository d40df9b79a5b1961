from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from django_docusign_connect.simulator import tell, write_messages
from tests.browser.test_every_page import PICTURES, VIEWS, violations
from tests.example_site import Site, serving
from tests.fake_docusign import FakeDocuSign, as_json, certify, serve

ENVELOPE = "/admin/docusign_connect/envelope/1/change/"
BUTTON = "Refresh from DocuSign"


@pytest.fixture
def docusign(tmp_path: Path) -> Iterator[FakeDocuSign]:
    with serve(certify(tmp_path)) as docusign:
        yield docusign


@pytest.fixture
def site(
    docusign: FakeDocuSign, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """A site that may ask DocuSign, and was not told how its envelope ended."""
    variables = {
        "DJANGO_SETTINGS_MODULE": "tests.refreshing_settings",
        "TESTS_CERTIFICATE": str(docusign.certificate),
        **{f"TESTS_{name}": value for name, value in docusign.options.items()},
    }
    with serving(tmp_path_factory.mktemp("served"), **variables) as site:
        *first, last = write_messages(tell("signed-by-two", seed=1))
        for message in first[:4]:
            site.deliver(message)
        summary = json.loads(last.body())["data"]["envelopeSummary"]
        docusign.envelopes[summary["envelopeId"]] = summary
        docusign.accounts = [json.loads(last.body())["data"]["accountId"]]
        yield site


def test_button_brings_what_docusign_has(
    admin: Page, docusign: FakeDocuSign, complaints: list[str]
) -> None:
    admin.goto(ENVELOPE)
    admin.get_by_role("button", name=BUTTON).press("Enter")
    note = admin.locator(".messagelist")
    expect(note).to_contain_text("new events.")
    expect(admin.locator(".docusign-standing").first).to_contain_text("ompleted")
    admin.get_by_role("button", name=BUTTON).click()
    expect(note).to_contain_text("once in 15 minutes. Next time:")
    assert docusign.asked.count("envelope") == 1
    assert complaints == []


@pytest.mark.parametrize("view", VIEWS)
def test_button_and_what_it_says_are_for_everybody(
    view: str, admin: Page, docusign: FakeDocuSign
) -> None:
    docusign.instead["token"] = lambda: as_json({"error": "consent_required"}, 400)
    size = VIEWS[view]["viewport"]
    admin.set_viewport_size(size)
    admin.emulate_media(color_scheme=VIEWS[view]["color_scheme"])
    admin.goto(ENVELOPE)
    admin.get_by_role("button", name=BUTTON).click()
    note = admin.locator(".messagelist")
    expect(note).to_contain_text("has not yet allowed the app to act for it")
    address = note.get_by_role("link").get_attribute("href") or ""
    assert address.startswith(f"https://{docusign.host}/oauth/auth?")
    PICTURES.mkdir(exist_ok=True)
    admin.screenshot(path=PICTURES / f"refresh-{view}.png", full_page=True)
    assert violations(admin) == []
    assert admin.evaluate("document.documentElement.scrollWidth") <= size["width"]
