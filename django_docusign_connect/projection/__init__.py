"""Apply a parsed message to the rows: what is newest wins, what is final stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from django_docusign_connect.messages.values import ParsedMessage
from django_docusign_connect.models import ConnectMessage, EnvelopeEvent
from django_docusign_connect.projection.documents import keep_documents
from django_docusign_connect.projection.offers import envelope_offers
from django_docusign_connect.projection.recipients import Recipients
from django_docusign_connect.projection.registers import take
from django_docusign_connect.projection.retelling import retell
from django_docusign_connect.projection.rows import EnvelopeRows
from django_docusign_connect.projection.timeline import NAME_LENGTH, Timeline

__all__ = ["Applied", "apply"]


@dataclass(frozen=True)
class Applied:
    """What a message brings: its events in order, and what could not be kept.

    ``first`` are the events of which no message told before it.
    """

    events: list[EnvelopeEvent]
    first: list[EnvelopeEvent]
    notes: list[str]


def apply(message: ConnectMessage, parsed: ParsedMessage, envelope_id: UUID) -> Applied:
    """Apply a message about an envelope, in one transaction.

    Idempotent, and with the same result in any order with other messages. Locks the
    envelope's row, and no other.
    """
    try:
        return _apply(message, parsed, envelope_id)
    except IntegrityError:
        # Another worker made the envelope at the same time; it is there now.
        return _apply(message, parsed, envelope_id)


def _apply(
    message: ConnectMessage, parsed: ParsedMessage, envelope_id: UUID
) -> Applied:
    names = [event.name[:NAME_LENGTH] for event in parsed.events]
    has_documents = bool(parsed.state and parsed.state.documents)
    with transaction.atomic():
        rows = EnvelopeRows(envelope_id, names=names, with_documents=has_documents)
        timeline = Timeline(rows, message, generated_at=parsed.header.generated_at)
        recipients = Recipients(rows, timeline)
        recipients.apply(parsed)
        events = [
            timeline.add(event, recipients.find(event.recipient))
            for event in parsed.events
        ]
        if recipients.is_contested or rows.envelope.is_contested:
            events = retell(rows, message, events)
        notes = keep_documents(rows, parsed)
        if message.claims > 1:
            # An earlier try may have brought events that it does not name any more.
            rows.read_other_events()
        _learn(rows, parsed)
        rows.write()
    first = [event for event in rows.events if event.first_message_id == message.pk]
    return Applied(
        events=list(dict.fromkeys(events)),
        first=sorted(first, key=lambda event: (event.occurred_at, event.pk)),
        notes=notes,
    )


def _learn(rows: EnvelopeRows, parsed: ParsedMessage) -> None:
    envelope = rows.envelope
    custom_fields = envelope.custom_fields
    changes = take(envelope, envelope_offers(parsed))
    rows.has_new_custom_fields = envelope.custom_fields != custom_fields
    times = {
        "newest_at": _latest(envelope.newest_at, parsed.header.generated_at),
        "last_event_at": rows.last_event_at(),
    }
    later = {name: at for name, at in times.items() if getattr(envelope, name) != at}
    rows.learn({**changes, **later})


def _latest(*times: datetime | None) -> datetime | None:
    return max(filter(None, times), default=None)
