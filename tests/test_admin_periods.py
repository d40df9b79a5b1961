from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from django_docusign_connect.models import Envelope
from tests.admin_pages import ENVELOPES, read, staff, tell

pytestmark = pytest.mark.django_db
Post = Callable[..., Any]

YEAR, MONTH, DAY = (f"changed_at__{unit}" for unit in ("year", "month", "day"))


def offered(query: str = "") -> dict[str, str]:
    """Return the links to periods that the list offers, by their titles."""
    page = read(staff("view_envelope"), f"{ENVELOPES}?{query}")
    links = page.partition('<nav class="toplinks">')[2].partition("</nav>")[0]
    found = re.findall(r'<a href="([^"]*)"[^>]*>([^<]*)</a>', links)
    return {title: link.replace("&amp;", "&") for link, title in found}


def changed(post: Post, *times: str) -> None:
    for number, time in enumerate(times, start=1):
        envelope = tell(post, number)
        Envelope.objects.filter(pk=envelope.pk).update(changed_at=time)


def subjects(query: str) -> list[str]:
    response = staff("view_envelope").get(f"{ENVELOPES}{query}")
    return sorted(row.subject for row in response.context["cl"].result_list)


def test_years_are_offered_then_months_then_days(post: Post) -> None:
    changed(post, "2024-11-20T12:00:00Z", "2026-02-03T12:00:00Z")
    years = offered()
    assert list(years) == ["2024", "2025", "2026"]
    months = offered(years["2026"][1:])
    assert list(months) == ["&lsaquo; All dates", "January 2026", "February 2026"]
    days = offered(months["February 2026"][1:])
    assert list(days) == ["&lsaquo; 2026", "February 1", "February 2", "February 3"]
    assert subjects(days["February 3"]) == ["Lease 2"]
    assert list(offered(days["February 3"][1:])) == ["&lsaquo; February 2026"]


def test_months_are_offered_at_once_where_there_is_one_year(post: Post) -> None:
    changed(post, "2026-01-20T12:00:00Z", "2026-02-03T12:00:00Z")
    assert list(offered()) == ["January 2026", "February 2026"]


def test_days_are_those_of_the_viewers_time_zone(post: Post) -> None:
    # 3 in the morning in UTC is the evening before in New York.
    changed(post, "2026-02-03T03:00:00Z")
    days = offered(f"{YEAR}=2026&{MONTH}=2")
    assert list(days) == ["&lsaquo; 2026", "February 2"]
    assert subjects(days["February 2"]) == ["Lease 1"]


def test_other_filters_stay_when_a_period_is_chosen(post: Post) -> None:
    changed(post, "2024-11-20T12:00:00Z", "2026-02-03T12:00:00Z")
    link = offered("status=sent")["2026"]
    assert link == f"?{YEAR}=2026&status=sent"
    assert subjects(link) == ["Lease 2"]


def test_no_more_than_the_last_twenty_years_are_offered(post: Post) -> None:
    changed(post, "1900-01-01T12:00:00Z", "2026-02-03T12:00:00Z")
    assert next(iter(offered())) == "2007"


def test_empty_list_offers_no_period() -> None:
    assert offered() == {}
    assert list(offered(f"{YEAR}=2026")) == ["&lsaquo; All dates"]


@pytest.mark.parametrize(
    "query", [f"{YEAR}=x", f"{YEAR}=2026&{MONTH}=13", f"{YEAR}=2026&{MONTH}=2&{DAY}=30"]
)
def test_period_that_is_none_is_refused(post: Post, query: str) -> None:
    changed(post, "2026-02-03T12:00:00Z")
    response = staff("view_envelope").get(f"{ENVELOPES}?{query}")
    assert response.status_code == 302
    assert response.headers["Location"] == f"{ENVELOPES}?e=1"


def test_list_asks_for_no_distinct_values(post: Post) -> None:
    changed(post, "2026-01-20T12:00:00Z", "2026-02-03T12:00:00Z")
    with CaptureQueriesContext(connection) as queries:
        offered(f"{YEAR}=2026")
    assert "DISTINCT" not in str(queries.captured_queries)
