from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from django_docusign_connect.simulator import Message, Moment, tell, write_messages

from .example_site import ROOT, SERVERS, Site, serving


@pytest.fixture(scope="module", params=SERVERS)
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("example")
    with serving(folder, server=request.param) as site:
        yield site


def story_of_a_lease(scenario: str, *, seed: int) -> list[Moment]:
    """Return the first story from a seed on that is about a lease."""
    while not (moments := tell(scenario, seed=seed))[0].envelope.subject.startswith(
        "Lease"
    ):
        seed += 1
    return moments


def messages_of_a_lease(scenario: str, *, seed: int) -> list[Message]:
    return list(write_messages(story_of_a_lease(scenario, seed=seed)))


def page_of(message: Message) -> str:
    return f"/envelopes/{message.moment.envelope.envelope_id}/"


def test_health_page_answers(site: Site) -> None:
    answer = site.get("/docusign/health/")
    assert answer.status == 200
    assert '"status": "ok"' in answer.text


def test_signed_message_is_accepted_and_shown(site: Site) -> None:
    message = messages_of_a_lease("declined", seed=100)[0]
    assert site.deliver(message).status == 200
    subject = message.moment.envelope.subject
    assert subject in site.get("/").text
    assert "Envelope drafted" in site.get(page_of(message)).text


def test_forged_message_is_refused_and_counted(site: Site) -> None:
    message = messages_of_a_lease("declined", seed=200)[0]
    assert site.post(message.body(), key="of somebody else").status == 401
    assert site.get(page_of(message)).status == 404
    assert "1" in site.manage("shell", "--verbosity=0", "--command", COUNT)


COUNT = """
from django_docusign_connect.authentication.rejections import get_rejections
print(get_rejections(["default"])[0].count)
"""


def test_older_key_still_verifies(site: Site) -> None:
    message = messages_of_a_lease("voided", seed=300)[0]
    assert site.post(message.body(), key="an older key").status == 200


def test_completed_envelope_makes_its_lease_signed(site: Site) -> None:
    messages = messages_of_a_lease("signed-by-two", seed=400)
    for message in messages[:-1]:
        site.deliver(message)
    assert ">Offered<" in site.get(page_of(messages[0])).text
    site.deliver(messages[-1])
    assert ">Signed<" in site.get(page_of(messages[0])).text


def test_lease_is_signed_too_when_the_messages_come_in_reverse(site: Site) -> None:
    messages = messages_of_a_lease("signed-by-two", seed=500)
    for message in reversed(messages):
        site.deliver(message)
    page = site.get(page_of(messages[0])).text
    assert '<span class="tag is-signed">' in page
    assert page.count('"is_late">late<') == len(messages) - 1


@pytest.mark.parametrize("scenario", ["declined", "voided"])
def test_lease_falls_through_with_its_envelope(site: Site, scenario: str) -> None:
    messages = messages_of_a_lease(scenario, seed=600)
    for message in messages:
        site.deliver(message)
    assert ">Fallen through<" in site.get(page_of(messages[0])).text


def test_pages_show_no_email_address(site: Site) -> None:
    messages = messages_of_a_lease("corrected", seed=700)
    for message in messages:
        site.deliver(message)
    for path in ("/", page_of(messages[0])):
        assert messages[0].moment.envelope.sender.name in site.get(path).text
        assert "@" not in site.get(path).text


def test_page_is_sent_again_only_when_something_changed(site: Site) -> None:
    first, second, third = messages_of_a_lease("expired", seed=800)[:3]
    site.deliver(first)
    for path, message in [("/", second), (page_of(first), third)]:
        etag = site.get(path).headers["ETag"]
        unchanged = site.get(path, **{"If-None-Match": etag})
        assert (unchanged.status, unchanged.text) == (304, "")
        site.deliver(message)
        assert site.get(path, **{"If-None-Match": etag}).status == 200


def test_pages_cost_as_many_queries_whatever_they_show(site: Site) -> None:
    messages = messages_of_a_lease("signed-by-two", seed=900)
    site.deliver(messages[0])
    paths = f"/ {page_of(messages[0])}"
    before = site.manage("shell", "--verbosity=0", "--command", QUERIES, PATHS=paths)
    for message in [*messages, *messages_of_a_lease("voided", seed=1000)]:
        site.deliver(message)
    after = site.manage("shell", "--verbosity=0", "--command", QUERIES, PATHS=paths)
    assert before == after
    assert all(int(count) <= 10 for count in after.split())


QUERIES = """
import os
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
for path in os.environ["PATHS"].split():
    ContentType.objects.clear_cache()
    with CaptureQueriesContext(connection) as queries:
        Client().get(path, headers={"Host": "localhost"})
    print(len(queries))
"""


def test_admin_and_api_are_for_those_who_log_in(site: Site) -> None:
    site.cookies.clear()
    assert site.get("/admin/").headers["Location"] == "/admin/login/?next=/admin/"
    site.manage(
        "createsuperuser",
        "--no-input",
        "--username=admin",
        "--email=admin@example.com",
        DJANGO_SUPERUSER_PASSWORD="of the tests",
    )
    site.get("/admin/login/")
    answer = site.submit("/admin/login/", username="admin", password="of the tests")
    assert answer.status == 302
    assert "Site administration" in site.get("/admin/").text
    assert '"results"' in site.get("/api/docusign/envelopes/").text
    site.cookies.clear()
    assert site.get("/api/docusign/envelopes/").status in (401, 403)
    login = base64.b64encode(b"admin:of the tests").decode()
    answer = site.get("/api/docusign/envelopes/", Authorization=f"Basic {login}")
    assert answer.headers["Content-Type"] == "application/json"


def test_every_page_has_a_strict_content_security_policy(site: Site) -> None:
    for path in ("/", "/admin/login/", "/docusign/health/"):
        policy = site.get(path).headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src")
        assert "unsafe" not in policy


def test_static_files_are_served_without_debug(site: Site) -> None:
    for path in ("leases/live.js", "leases/live.css", "admin/css/base.css"):
        assert site.get(f"/static/{path}").status == 200


def test_processor_and_hosts_are_named_by_the_environment(tmp_path: Path) -> None:
    with serving(
        tmp_path,
        DOCUSIGN_CONNECT_PROCESSOR="deferred",
        DJANGO_ALLOWED_HOSTS="127.0.0.1, leases.example",
    ) as site:
        assert site.get("/", Host="leases.example").status == 200
        assert site.get("/", Host="other.example").status == 400
        message = messages_of_a_lease("voided", seed=1100)[0]
        site.deliver(message)
        assert site.get(page_of(message)).status == 404
        site.manage("docusign_process")
        assert site.get(page_of(message)).status == 200


def test_manage_works_from_another_folder(tmp_path: Path) -> None:
    site = Site(0, tmp_path)
    assert "no issues" in site.manage("check", cwd=tmp_path)
    site.manage("makemigrations", "--check", "--dry-run", cwd=tmp_path)


def test_no_check_has_anything_to_say_on_postgresql(tmp_path: Path) -> None:
    url = "postgres://nobody@127.0.0.1:5432/not_connected_to"
    assert "no issues" in Site(0, tmp_path).manage("check", DATABASE_URL=url)


def test_settings_are_at_most_eighty_lines() -> None:
    settings = (ROOT / "example_project" / "settings.py").read_text()
    assert settings.count("\n") <= 80
