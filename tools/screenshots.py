"""Take the pictures of the docs from the running example project.

    python -m tools.screenshots

The envelopes come from the simulator, with a fixed seed; they were sent in the weeks
before the run. Chromium must be installed.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from django_docusign_connect.simulator import tell, write_messages
from tests.example_site import Site, serving

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
SEED = 217_500_002_003
PASSWORD = "admin"  # noqa: S105 - of a database that is gone in a minute

#: What is told of each envelope: how many messages, all of them if 0; and how many
#: hours ago its story ended, or would have.
STORIES = [
    ("voided", "sim", 0, 400),
    ("carbon-copies", "sim", 0, 250),
    ("declined", "sim", 0, 140),
    ("with-documents", "xml", 0, 72),
    ("waiting", "sim", 0, 30),
    ("with-documents", "sim", 1, 9),
    ("signed-by-two", "sim", 0, 5),
    ("with-documents", "sim", 5, 2),
    ("signed-by-two", "sim", 8, 0),
]
WIDE: ViewportSize = {"width": 1280, "height": 860}
PHONE: ViewportSize = {"width": 390, "height": 844}


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    chromium = shutil.which("chromium") or sys.exit("There is no Chromium.")
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder)) as site,
        sync_playwright() as playwright,
    ):
        tell_stories(site)
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--headless=new", "--no-sandbox"]
        )
        picture_live_pages(browser, site)
        picture_admin(browser, site)
        browser.close()


def tell_stories(site: Site) -> None:
    now = datetime.now(timezone.utc)
    for index, (scenario, format_name, count, hours) in enumerate(STORIES):
        before = now - timedelta(hours=hours)
        moments = tell(scenario, seed=SEED, index=index, before=before)
        messages = list(write_messages(moments, format_name))
        if index == 0:
            messages[1], messages[2] = messages[2], messages[1]
        for message in messages[: count or None]:
            site.deliver(message)
    site.post(b'{"event": "envelope-sent", "data"')


def picture_live_pages(browser: Browser, site: Site) -> None:
    for scheme, suffix in (("light", ""), ("dark", "-dark")):
        page = browser.new_page(
            base_url=site.url,
            viewport=WIDE,
            color_scheme="dark" if scheme == "dark" else "light",
        )
        take(page, "/", f"live-page{suffix}")
        take(page, first_link(page), f"envelope{suffix}")
        page.set_viewport_size(PHONE)
        take(page, "/", f"live-page-phone{suffix}")
        page.close()


def picture_admin(browser: Browser, site: Site) -> None:
    site.manage(
        "createsuperuser",
        "--no-input",
        "--username=admin",
        "--email=admin@example.com",
        DJANGO_SUPERUSER_PASSWORD=PASSWORD,
    )
    page = browser.new_page(base_url=site.url, viewport=WIDE)
    page.goto("/admin/")
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    take(page, "/admin/docusign_connect/dashboard/", "admin-dashboard")
    take(page, "/admin/docusign_connect/envelope/", "admin-envelopes")
    take(page, "/admin/docusign_connect/envelope/9/change/", "admin-envelope")
    take(page, "/admin/docusign_connect/connectmessage/", "admin-messages")


def first_link(page: Page) -> str:
    return page.locator(".envelope a").first.get_attribute("href") or ""


def take(page: Page, path: str, name: str) -> None:
    page.goto(path)
    page.wait_for_timeout(1500)
    page.screenshot(path=IMAGES / f"{name}.png")
    print(f"docs/images/{name}.png")


if __name__ == "__main__":
    main()
