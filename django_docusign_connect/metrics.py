"""The numbers of the health page in Prometheus' text format; the extra ``metrics``.

They are read from the database and the cache for each scrape. So they are those of
the whole installation, whichever of its processes answers.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views import View
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from django_docusign_connect.authentication.rejections import get_rejections
from django_docusign_connect.conf import get_settings
from django_docusign_connect.models import ConnectMessage
from django_docusign_connect.models.health import Health
from django_docusign_connect.models.outages import describe

logger = logging.getLogger(__name__)

PREFIX = "docusign_connect"


class ConnectCollector(Collector):
    """Reads the numbers anew each time it is collected from."""

    def collect(self) -> Iterator[Metric]:
        settings = get_settings()
        health = ConnectMessage.objects.health(settings)
        yield from collect_queue(health)
        yield from collect_listeners(health)
        yield collect_rejections(settings.listeners())


def collect_queue(health: Health) -> Iterator[Metric]:
    yield gauge("healthy", "Whether the health page answers 200.", health.is_healthy)
    messages = GaugeMetricFamily(
        f"{PREFIX}_messages", "Messages that are not done with.", labels=["status"]
    )
    messages.add_metric(["pending"], health.waiting - health.failing)
    messages.add_metric(["failed"], health.failing)
    messages.add_metric(["abandoned"], health.abandoned)
    yield messages
    yield gauge(
        "oldest_waiting_seconds",
        "Age of the oldest message that is pending or failed; 0 if there is none.",
        health.oldest_waiting_seconds,
    )
    yield gauge("backlog_max_age_seconds", "BACKLOG_MAX_AGE.", health.backlog_max_age)


def collect_listeners(health: Health) -> Iterator[Metric]:
    last = GaugeMetricFamily(
        f"{PREFIX}_last_message_timestamp_seconds",
        "When the listener's last message came, in Unix time; absent if never.",
        labels=["listener"],
    )
    silent = GaugeMetricFamily(
        f"{PREFIX}_silent",
        "Whether the listener has been silent for longer than SILENCE_AFTER.",
        labels=["listener"],
    )
    for one in health.listeners:
        if one.last_message_at:
            last.add_metric([one.listener], one.last_message_at.timestamp())
        silent.add_metric([one.listener], one.is_silent)
    yield last
    yield silent


def collect_rejections(listeners: Collection[str]) -> Metric:
    """Count from 0: in a series that begins with its first refusal, none increases."""
    counts = {found.listener: found.count for found in get_rejections(listeners)}
    rejected = CounterMetricFamily(
        f"{PREFIX}_rejected", "Messages refused as not authentic.", labels=["listener"]
    )
    for listener in listeners:
        rejected.add_metric([listener], counts.get(listener, 0))
    return rejected


def gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(f"{PREFIX}_{name}", meaning, value=value)


@method_decorator(
    [login_not_required, transaction.non_atomic_requests], name="dispatch"
)
class MetricsView(View):
    """Let Prometheus scrape how messages do: numbers, nothing personal."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        registry = CollectorRegistry(auto_describe=False)
        registry.register(ConnectCollector())
        try:
            found = generate_latest(registry)
        except (DatabaseError, InterfaceError) as error:
            what = describe(error)
            logger.error("The database did not tell how the messages do: %s.", what)
            return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE)
        return HttpResponse(
            found,
            content_type=CONTENT_TYPE_LATEST,
            headers={"Cache-Control": "no-store"},
        )
