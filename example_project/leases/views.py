"""The pages that show envelopes as DocuSign tells of them.

Anybody may see these pages, for the demo has made-up people only. They show names but
no e-mail addresses; put ``login_required`` around them where people are real.

A page changes by itself: the script of ``django_docusign_connect`` keeps the badge and
the timeline of an envelope, by a stream or by asking, and says when there is news; then
``live.js`` takes the rest of the page from the page as it is now.
"""

from __future__ import annotations

import hashlib
from uuid import UUID

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from django_docusign_connect.live import live_response
from django_docusign_connect.models import Envelope

PAGE_SIZE = 50
COUNTED_STATUSES = ("created", "sent", "delivered", "completed", "declined", "voided")


def newest_envelopes() -> QuerySet[Envelope]:
    """Return the envelopes of which something was learned last."""
    return Envelope.objects.order_by("-changed_at", "-pk")[:PAGE_SIZE]


def count_by_status() -> list[tuple[str, int]]:
    rows = Envelope.objects.order_by().values_list("status").annotate(Count("pk"))
    counts = dict(rows)
    return [(status, counts.get(status, 0)) for status in COUNTED_STATUSES]


def version(envelopes: QuerySet[Envelope]) -> str | None:
    """Return what differs as soon as one of the envelopes or its lease has changed.

    Each row's own time counts, not only the latest: of two that change at once, the
    one with the later time may be committed first.
    """
    times = envelopes.only("changed_at", "target_type", "target_id")
    rows = [
        (envelope.pk, envelope.changed_at, getattr(envelope.target, "changed_at", None))
        for envelope in times.prefetch_related("target")
    ]
    digest = hashlib.sha256(repr(rows).encode()).hexdigest()
    return f'"{digest[:32]}"' if rows else None


def list_version(request: HttpRequest) -> str | None:
    return version(newest_envelopes())


def detail_version(request: HttpRequest, envelope_id: UUID) -> str | None:
    return version(Envelope.objects.filter(envelope_id=envelope_id))


@require_safe
@cache_control(no_cache=True)
@condition(etag_func=list_version)
def envelope_list(request: HttpRequest) -> HttpResponse:
    envelopes = newest_envelopes().prefetch_related("recipients", "target")
    context = {"envelopes": envelopes, "counts": count_by_status()}
    return render(request, "leases/envelope_list.html", context)


@require_safe
@cache_control(no_cache=True)
@condition(etag_func=list_version)
def envelope_counts(request: HttpRequest) -> HttpResponse:
    """Tell the script what it asks each second: whether the list has changed."""
    return JsonResponse(dict(count_by_status()))


@require_safe
@cache_control(no_cache=True)
@condition(etag_func=detail_version)
def envelope_detail(request: HttpRequest, envelope_id: UUID) -> HttpResponse:
    envelopes = Envelope.objects.prefetch_related("recipients", "target")
    envelope = get_object_or_404(envelopes, envelope_id=envelope_id)
    context = {"envelope": envelope, "lease": envelope.target}
    return render(request, "leases/envelope_detail.html", context)


@require_safe
def envelope_live(request: HttpRequest, envelope_id: UUID) -> HttpResponseBase:
    """Tell the status and the timeline of an envelope, to whom its page is for."""

    def get_envelope(request: HttpRequest) -> Envelope:
        return get_object_or_404(Envelope, envelope_id=envelope_id)

    return live_response(request, get_envelope)
