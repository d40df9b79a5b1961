"""The pages that show envelopes as DocuSign tells of them.

Anybody may see these pages, for the demo has made-up people only. They show names but
no e-mail addresses; put ``login_required`` around them where people are real.

A page changes by itself: a script asks for it again each second, with the ETag of what
it has, and the answer is 304 at the cost of two small queries while nothing changes.
"""

from __future__ import annotations

import hashlib
from uuid import UUID

from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

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
@condition(etag_func=detail_version)
def envelope_detail(request: HttpRequest, envelope_id: UUID) -> HttpResponse:
    envelope = (
        Envelope.objects.filter(envelope_id=envelope_id)
        .prefetch_related("recipients", "target")
        .first()
    )
    if envelope is None:
        raise Http404("No such envelope.")
    events = envelope.events.select_related("recipient").order_by("-occurred_at", "-pk")
    context = {"envelope": envelope, "events": events, "lease": envelope.target}
    return render(request, "leases/envelope_detail.html", context)
