"""Apply a parsed message to the rows: what is newest wins, what is final stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from django_docusign_connect.exceptions import LostClaim
from django_docusign_connect.messages.values import ParsedMessage
from django_docusign_connect.models import ConnectMessage, Envelope, EnvelopeEvent
from django_docusign_connect.projection.documents import keep_documents
from django_docusign_connect.projection.offers import envelope_offers
from django_docusign_connect.projection.recipients import Recipients
from django_docusign_connect.projection.registers import take
from django_docusign_connect.projection.retelling import retell
from django_docusign_connect.projection.timeline import Timeline

__all__ = ["Applied", "apply"]


@dataclass(frozen=True)
class Applied:
    """The events that a message brings, in order, and what could not be kept."""

    events: list[EnvelopeEvent]
    notes: list[str]


def apply(
    message: ConnectMessage, parsed: ParsedMessage, envelope_id: UUID, *, seconds: float
) -> Applied:
    """Apply a message about an envelope, in one transaction.

    Idempotent, and with the same result in any order with other messages. The
    message's claim is renewed for ``seconds`` first; LostClaim if another worker has
    it. Locks: the message's row, then the envelope's, and no more.
    """
    try:
        return _apply(message, parsed, envelope_id, seconds=seconds)
    except Envelope.DoesNotExist:
        # Made in a transaction of its own: MariaDB's workers that wait for the same
        # new row inside theirs would wait for each other next.
        Envelope.objects.get_or_create(envelope_id=envelope_id)
        return _apply(message, parsed, envelope_id, seconds=seconds)


def _apply(
    message: ConnectMessage, parsed: ParsedMessage, envelope_id: UUID, *, seconds: float
) -> Applied:
    with transaction.atomic():
        # A write comes first, so that SQLite takes its lock before it has read.
        if not message.renew_claim(seconds):
            raise LostClaim
        envelope = Envelope.objects.locked().get(envelope_id=envelope_id)
        generated_at = parsed.header.generated_at
        timeline = Timeline(envelope, message, generated_at=generated_at)
        recipients = Recipients(envelope, timeline)
        recipients.apply(parsed)
        events = [
            timeline.add(event, recipients.find(event.recipient))
            for event in parsed.events
        ]
        if recipients.is_contested or envelope.is_contested:
            envelope.is_contested = True
            events = retell(envelope, message, events)
            timeline = Timeline(envelope, message, generated_at=generated_at)
        notes = keep_documents(envelope, parsed)
        _change(envelope, parsed, timeline)
    return Applied(list(dict.fromkeys(events)), notes)


def _change(envelope: Envelope, parsed: ParsedMessage, timeline: Timeline) -> None:
    changes = take(envelope, envelope_offers(parsed))
    learned = {
        "newest_at": _later(envelope.newest_at, parsed.header.generated_at),
        "last_event_at": timeline.last_event_at,
        "is_contested": envelope.is_contested,
    }
    envelope.change({**changes, **learned})


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(filter(None, (one, other)), default=None)
