"""Every page: for screen readers, by narrow and wide screens, in light and dark."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, StorageState, expect

from django_docusign_connect.simulator import tell, write_messages
from tests.example_site import ROOT, Site, serving

#: Where the pictures of a run are kept; CI keeps them as artefacts.
PICTURES = Path(os.environ.get("SCREENSHOTS", ROOT / ".screenshots"))
PASSWORD = "of the tests"
ADMIN = "/admin/docusign_connect"
PAGES = {
    "live": "/",
    "live-envelope": "/envelopes/{envelope_id}/",
    "dashboard": f"{ADMIN}/dashboard/",
    "envelopes": f"{ADMIN}/envelope/",
    "envelopes-filtered": f"{ADMIN}/envelope/?event=envelope-sent&status=completed",
    "envelopes-export": f"{ADMIN}/envelope/export/?status=completed",
    "envelope": f"{ADMIN}/envelope/{{envelope}}/change/",
    "envelope-declined": f"{ADMIN}/envelope/{{declined}}/change/",
    "send-again": f"{ADMIN}/envelope/{{envelope}}/events/{{event}}/send-again/",
    "messages": f"{ADMIN}/connectmessage/",
    "message": f"{ADMIN}/connectmessage/{{message}}/change/",
    "message-xml": f"{ADMIN}/connectmessage/{{xml}}/change/",
    "message-unreadable": f"{ADMIN}/connectmessage/{{unreadable}}/change/",
}
#: Names of what a page needs, and the query that finds it.
FOUND = {
    "envelope_id": "SELECT envelope_id FROM docusign_connect_envelope",
    "envelope": "SELECT id FROM docusign_connect_envelope WHERE status = 'completed'",
    "declined": "SELECT id FROM docusign_connect_envelope WHERE status = 'declined'",
    "event": "SELECT id FROM docusign_connect_envelopeevent WHERE envelope_id ="
    " (SELECT id FROM docusign_connect_envelope WHERE status = 'completed')",
    "message": "SELECT id FROM docusign_connect_connectmessage WHERE format = 'sim'",
    "xml": "SELECT id FROM docusign_connect_connectmessage WHERE format = 'xml'",
    "unreadable": "SELECT id FROM docusign_connect_connectmessage WHERE format = ''",
}
#: Lets a page wait for what it has asked for.
NO_ANSWER = "() => { window.fetch = () => new Promise(() => {}); }"
VIEWS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 860}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 860}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 320, "height": 640}, "color_scheme": "light"},
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve a site to which some envelopes were told."""
    with serving(tmp_path_factory.mktemp("told")) as site:
        for scenario, format_name in (
            ("signed-by-two", "sim"),
            ("declined", "sim"),
            ("voided", "aggregate"),
            ("with-documents", "xml"),
            ("authentication-failed", "sim"),
            ("waiting", "sim"),
        ):
            story = tell(scenario, seed=7, before=datetime.now(timezone.utc))
            for message in write_messages(story, format_name):
                site.deliver(message)
        site.post(b'{"event": "envelope-sent", "data"')
        site.manage(
            "createsuperuser",
            "--no-input",
            "--username=admin",
            "--email=admin@example.com",
            DJANGO_SUPERUSER_PASSWORD=PASSWORD,
        )
        yield site


@pytest.fixture(scope="module")
def logged_in(chromium: Browser, told: Site) -> StorageState:
    with chromium.new_context(base_url=told.url) as context:
        page = context.new_page()
        page.goto("/admin/login/?next=/admin/")
        page.get_by_label("Username").fill("admin")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url("**/admin/")
        return context.storage_state()


@pytest.fixture(scope="module")
def names(told: Site) -> dict[str, str]:
    """Return the keys of the rows that the pages are about."""
    with closing(sqlite3.connect(told.database)) as connection:
        found = {
            name: connection.execute(sql).fetchone() for name, sql in FOUND.items()
        }
    return {name: str(row[0]) for name, row in found.items()}


@pytest.fixture(params=VIEWS)
def view(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def look(
    chromium: Browser, told: Site, logged_in: StorageState, view: str
) -> Iterator[Page]:
    with chromium.new_context(
        base_url=told.url, storage_state=logged_in, **VIEWS[view]
    ) as context:
        page = context.new_page()
        page.set_default_timeout(10_000)
        yield page


def violations(page: Page) -> list[str]:
    """Return what axe finds on a page that is serious or worse."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {node['html'][:200]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]


@pytest.fixture
def complaints(look: Page) -> list[str]:
    """What the browser complains of."""
    texts: list[str] = []
    look.on("console", lambda message: texts.append(message.text))
    look.on("pageerror", lambda error: texts.append(str(error)))
    return texts


def check(look: Page, complaints: list[str], *, picture: str) -> None:
    """Find nothing wrong with the page as it is now, and keep a picture of it."""
    look.wait_for_timeout(300)
    # The picture is taken with a style that the site's policy forbids.
    assert complaints == []
    PICTURES.mkdir(exist_ok=True)
    look.screenshot(path=PICTURES / f"{picture}.png", full_page=True)
    assert violations(look) == []
    assert look.viewport_size is not None
    width = look.evaluate("document.documentElement.scrollWidth")
    assert width <= look.viewport_size["width"]


@pytest.mark.parametrize("name", PAGES)
def test_page_is_for_everybody(
    name: str, view: str, look: Page, names: dict[str, str], complaints: list[str]
) -> None:
    names["envelope_id"] = str(UUID(names["envelope_id"]))
    response = look.goto(PAGES[name].format(**names))
    assert response is not None
    assert response.status == 200
    check(look, complaints, picture=f"{name}-{view}")


def choose(look: Page, rows: str, action: str) -> None:
    """Tick the first row of a list, and go on with an action."""
    look.goto(f"{ADMIN}/{rows}")
    look.locator(".action-select").first.check()
    look.locator("select[name=action]").select_option(action)
    look.get_by_role("button", name="Go", exact=True).click()


def ask_to_ignore(look: Page) -> None:
    choose(look, "connectmessage/?status=failed", "ignore")
    expect(look.locator("#content")).to_contain_text("Ignore 1 message?")


def ask_in_vain(look: Page) -> None:
    choose(look, "connectmessage/?status=processed", "ignore")
    expect(look.locator("#content")).to_contain_text("There is nothing to do.")


def be_ignoring(look: Page) -> None:
    ask_to_ignore(look)
    look.evaluate(NO_ANSWER)
    look.get_by_role("button", name="Ignore", exact=True).click()
    expect(look.get_by_role("progressbar", name="Ignore")).to_be_visible()


def have_ignored_some(look: Page) -> None:
    """Stop between two steps, of which the server would take ever more."""
    ask_to_ignore(look)
    notes = ["1 message will not be processed."]
    step = {"progress": "", "done": 1, "is_finished": False, "notes": notes}
    look.route("**/act/ignore/*", lambda route: route.fulfill(json=step))
    look.get_by_role("button", name="Ignore", exact=True).click()
    look.get_by_role("button", name="Stop").click()
    expect(look.get_by_role("status")).to_contain_text("Stopped.")


def export_ticked(look: Page) -> None:
    choose(look, "envelope/", "export_selected")
    expect(look.locator("#content")).to_contain_text("The file will have 1 row.")


def be_exporting(look: Page) -> None:
    export_ticked(look)
    look.evaluate(NO_ANSWER)
    look.get_by_role("button", name="Download").click()
    expect(look.get_by_role("progressbar", name="Export")).to_be_visible()


def have_exported(look: Page) -> None:
    export_ticked(look)
    look.get_by_role("button", name="Download").click()
    expect(look.get_by_role("status")).to_contain_text("the file has 1 row")


#: Pages as they are only after something was done, and what that is.
STEPS: dict[str, Callable[[Page], None]] = {
    "ignore-asked": ask_to_ignore,
    "ignore-nothing": ask_in_vain,
    "ignore-going": be_ignoring,
    "ignore-stopped": have_ignored_some,
    "export-ticked": export_ticked,
    "export-going": be_exporting,
    "export-finished": have_exported,
}


@pytest.mark.parametrize("name", STEPS)
def test_page_on_the_way_is_for_everybody(
    name: str, view: str, look: Page, complaints: list[str]
) -> None:
    STEPS[name](look)
    check(look, complaints, picture=f"{name}-{view}")
