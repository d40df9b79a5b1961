"""``docusign/metrics/``: the health page's numbers, as Prometheus reads them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from prometheus_client.parser import text_string_to_metric_families

from django_docusign_connect.models import ConnectMessage
from tests.bodies import sim
from tests.plans import explain

pytestmark = pytest.mark.django_db

WITHOUT_THE_EXTRA = """
import sys
sys.modules["prometheus_client"] = None
import django
django.setup()
from django.test import Client
answers = [Client().get(f"/docusign/{page}/") for page in ("metrics", "connect")]
print([answer.status_code for answer in answers])
"""


def scrape() -> dict[tuple[str, ...], float]:
    """Return the value of each sample, by its name and its label's value."""
    answer = Client().get("/docusign/metrics/")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    assert answer.headers["Cache-Control"] == "no-store"
    return {
        (sample.name.removeprefix("docusign_connect_"), *sample.labels.values()): (
            sample.value
        )
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


def test_quiet_installation_is_told_in_zeros() -> None:
    assert scrape() == {
        ("healthy",): 1,
        ("messages", "pending"): 0,
        ("messages", "failed"): 0,
        ("messages", "abandoned"): 0,
        ("oldest_waiting_seconds",): 0,
        ("backlog_max_age_seconds",): 3600,
        ("silent", "default"): 0,
        ("rejected_total", "default"): 0,
    }


def test_messages_are_counted_by_what_is_to_become_of_them(
    post: Callable[..., Any], configure: Callable[..., None]
) -> None:
    post(sim("envelope-sent"))
    post(b"{broken")
    configure(RETRY_DELAYS=[])
    post(b"{abandoned")
    configure(PROCESSOR="deferred")
    post(sim("envelope-completed"))
    found = scrape()
    assert [
        found["messages", status] for status in ("pending", "failed", "abandoned")
    ] == [1, 1, 1]
    assert found["oldest_waiting_seconds",] > 0
    assert found["healthy",] == 0


def test_listeners_are_told_apart(
    post: Callable[..., Any], configure: Callable[..., None]
) -> None:
    configure(LISTENERS={"awaited": {"SILENCE_AFTER": 60}})
    post(sim("envelope-sent"))
    post(sim("envelope-sent"), key="another")
    found = scrape()
    last = ConnectMessage.objects.get().received_at
    assert found["last_message_timestamp_seconds", "default"] == last.timestamp()
    assert ("last_message_timestamp_seconds", "awaited") not in found
    assert (found["silent", "default"], found["silent", "awaited"]) == (0, 1)
    assert found["healthy",] == 0
    assert found["rejected_total", "default"] == 1
    # From the start: Prometheus sees no increase in what begins with its first value.
    assert found["rejected_total", "awaited"] == 0


def test_metrics_tell_nothing_but_numbers(post: Callable[..., Any]) -> None:
    body = sim("envelope-sent", summary={"emailSubject": "Lease of Ada"})
    post(body)
    text = Client().get("/docusign/metrics/").content.decode()
    assert "Ada" not in text
    assert str(ConnectMessage.objects.get().envelope_id) not in text


def test_project_without_the_extra_has_no_such_page() -> None:
    process = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", WITHOUT_THE_EXTRA],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert process.stdout.decode().strip() == "[404, 405]"


@pytest.mark.parametrize("page", ["health", "metrics"])
def test_numbers_are_read_from_indexes(post: Callable[..., Any], page: str) -> None:
    post(sim("envelope-sent"))
    with CaptureQueriesContext(
        connection,
    ) as captured:
        Client().get(f"/docusign/{page}/")
    plans = [explain(query["sql"]) for query in captured]
    assert len(plans) == 2
    assert all("docusign_message_" in plan for plan in plans)
