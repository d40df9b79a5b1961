"""Rows found by what messages tell: envelopes by those about them, messages by failure.

Each is found by an index, the newest of too many. Keys are fetched, as they are in
``search``: what could be one statement is read through by one database or another.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from django_docusign_connect.models.envelope import Envelope, EnvelopeQuerySet
from django_docusign_connect.models.event import EnvelopeEvent
from django_docusign_connect.models.lookups import just
from django_docusign_connect.models.message import ConnectMessage
from django_docusign_connect.models.message_queue import ConnectMessageQuerySet
from django_docusign_connect.models.requeue import MessageStatus
from django_docusign_connect.models.search import FOUND, SEARCHED

#: The states in which a message is left by a receiver or a parser that failed.
FAILURES = (MessageStatus.FAILED, MessageStatus.ABANDONED)
#: One more than a list of the admin has, which thus knows that there are more.
MOST_FAILING = 10_001


def heard_by(
    envelopes: EnvelopeQuerySet, listener: str, *, before: datetime | None
) -> EnvelopeQuerySet:
    """Narrow to those that a listener's newest messages, before a time, tell of."""
    ids = _newest_ids("listener", [listener], before=before)
    return envelopes.filter(envelope_id__in=ids)


def with_failures(
    envelopes: EnvelopeQuerySet, *, before: datetime | None
) -> EnvelopeQuerySet:
    """Narrow to those that the newest failed messages, before a time, are about."""
    ids = _newest_ids("status", FAILURES, before=before)
    return envelopes.filter(envelope_id__in=ids)


def with_event(
    envelopes: EnvelopeQuerySet, name: str, *, before: datetime | None
) -> EnvelopeQuerySet:
    """Narrow to those to which something happened.

    Of the newest envelopes it is found in their timelines, whether stated or inferred;
    of older ones, by the newest messages before a time that state it.
    """
    ids = _newest_ids("event", [name], before=before)
    stated = Envelope.objects.filter(envelope_id__in=ids).order_by()
    events = EnvelopeEvent.objects.filter(envelope=OuterRef("pk"), name=name)
    shown = envelopes.newest(SEARCHED).filter(Exists(events)).order_by("-changed_at")
    keys = {
        *stated.values_list("pk", flat=True),
        *shown.values_list("pk", flat=True)[:FOUND],
    }
    return envelopes.filter(pk__in=keys)


def failing(messages: ConnectMessageQuerySet) -> ConnectMessageQuerySet:
    """Narrow to those that failed, tried again or given up; the newest of too many."""
    found: list[tuple[datetime, int]] = []
    for status in FAILURES:
        rows = messages.filter(just("status", status))
        in_order = rows.order_by("-status", "-received_at", "-pk")
        found += in_order.values_list("received_at", "pk")[:MOST_FAILING]
    newest = sorted(found, reverse=True)[:MOST_FAILING]
    return messages.filter(pk__in=[pk for _received_at, pk in newest])


def _newest_ids(
    field: str, values: Iterable[str], *, before: datetime | None
) -> set[UUID]:
    """Return whom the newest messages with some values of a field are about."""
    found: set[UUID] = set()
    for value in values:
        rows = ConnectMessage.objects.filter(just(field, value))
        if before is not None:
            rows = rows.filter(received_at__lt=before)
        in_order = rows.order_by(f"-{field}", "-received_at", "-pk")
        ids = in_order.values_list("envelope_id", flat=True)[:FOUND]
        found.update(envelope_id for envelope_id in ids if envelope_id)
    return found
