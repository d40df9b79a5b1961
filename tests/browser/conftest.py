"""The served example project, and Chromium to look at it with."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.example_site import Site, serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("There is no Chromium on this machine.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def variables(request: pytest.FixtureRequest) -> dict[str, str]:
    """Variables of the site's environment, if a test is given some for it."""
    return dict(getattr(request, "param", {}))


@pytest.fixture
def site(
    request: pytest.FixtureRequest,
    variables: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """The site, served by gunicorn, or by the server that a test is given for it."""
    server = getattr(request, "param", "gunicorn")
    folder = tmp_path_factory.mktemp("served")
    with serving(folder, server=server, **variables) as site:
        yield site


@pytest.fixture
def complaints() -> list[str]:
    """What the pages' consoles complain of, a breach of the policy for instance."""
    return []


@pytest.fixture
def page(chromium: Browser, site: Site, complaints: list[str]) -> Iterator[Page]:
    with chromium.new_context(base_url=site.url) as context:
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page


@pytest.fixture
def admin(site: Site, page: Page) -> Page:
    site.manage(
        "createsuperuser",
        "--no-input",
        "--username=admin",
        "--email=admin@example.com",
        DJANGO_SUPERUSER_PASSWORD="of the tests",
    )
    page.goto("/admin/")
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill("of the tests")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Site administration")).to_be_visible()
    return page
