"""Tell the recipients and events of an envelope anew, from all of its messages.

A sender may give one recipient's id to another, or a recipient another id. Whom a
message means that names the id alone then depends on when it was generated, and it
may have come before the message that shows so. Told in the order of generation, the
result is the same in whatever order they came.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timezone

from django_docusign_connect.exceptions import UnreadableMessage
from django_docusign_connect.messages import parse
from django_docusign_connect.messages.values import ParsedMessage
from django_docusign_connect.models import (
    ConnectMessage,
    Envelope,
    EnvelopeEvent,
    Recipient,
)
from django_docusign_connect.projection.recipients import Recipients
from django_docusign_connect.projection.timeline import Timeline

EARLIEST = datetime.min.replace(tzinfo=timezone.utc)
TOLD = ("recipient_id", "occurred_at", "is_inferred", "message_id", "source")
Told = tuple[ConnectMessage, ParsedMessage]

#: What a known event has in common with the one that is told anew, the best first.
REASONS: tuple[Callable[[EnvelopeEvent], object], ...] = (
    lambda event: (event.name, event.recipient_id, event.occurred_at),
    lambda event: (event.name, event.occurred_at),
    lambda event: (event.name, event.recipient_id),
)


def retell(
    envelope: Envelope, message: ConnectMessage, events: list[EnvelopeEvent]
) -> list[EnvelopeEvent]:
    """Return the events that the message brings, after all is told anew.

    The envelope's row is locked and the message applied; ``events`` is what it
    brought. An envelope of which a body was pruned stays as it is.
    """
    told = _in_order(envelope)
    if told is None:
        return events
    known = list(envelope.events.all())
    _forget_recipients(envelope)
    timeline = Timeline(envelope, message, generated_at=None, is_empty=True)
    recipients = Recipients(envelope, timeline)
    brought: list[int] = []
    for one, parsed in told:
        timeline.message = one
        recipients.apply(parsed)
        found = [timeline.add(e, recipients.find(e.recipient)) for e in parsed.events]
        if one.pk == message.pk:
            brought = [event.pk for event in found]
    rows = _carry_over(known, timeline.rows(), message)
    return [rows[timeline.survivor(pk)] for pk in brought]


def _in_order(envelope: Envelope) -> list[Told] | None:
    """Return the applied messages as they were generated; None if a body is gone."""
    messages = list(ConnectMessage.objects.applied_to(envelope))
    if not all(message.has_body for message in messages):
        return None
    told = []
    for message in messages:
        try:
            told.append((message, parse(message.body)))
        except UnreadableMessage:
            continue
    return sorted(told, key=_generated)


def _generated(told: Told) -> tuple[datetime, str]:
    message, parsed = told
    return parsed.header.generated_at or EARLIEST, message.identity


def _forget_recipients(envelope: Envelope) -> None:
    """Blank the recipients that a GUID makes sure of, and drop the others."""
    for row in envelope.recipients.all():
        if row.recipient_id_guid:
            guid = row.recipient_id_guid
            Recipient(pk=row.pk, envelope=envelope, recipient_id_guid=guid).save()
        else:
            row.events.update(recipient=None)
            row.delete()


def _carry_over(
    known: list[EnvelopeEvent], told: Sequence[EnvelopeEvent], message: ConnectMessage
) -> dict[int, EnvelopeEvent]:
    """Keep the rows of events that were known, with who has heard of them.

    Returns the kept row for the key of each row told. What was not known is for the
    message at hand to announce.
    """
    kept: dict[int, EnvelopeEvent] = {}
    left = {old.pk: old for old in known}
    for reason in REASONS:
        alike: dict[object, list[EnvelopeEvent]] = defaultdict(list)
        for old in reversed(left.values()):
            alike[reason(old)].append(old)
        for new in told:
            if new.pk not in kept and alike[reason(new)]:
                kept[new.pk] = alike[reason(new)].pop()
                del left[kept[new.pk].pk]
    for new in told:
        old = kept.setdefault(new.pk, new)
        if old is new:
            new.first_message = message
            new.save(update_fields=["first_message"])
        else:
            _renew(old, new)
    gone = [*left, *(pk for pk, row in kept.items() if row.pk != pk)]
    EnvelopeEvent.objects.filter(pk__in=gone).delete()
    return kept


def _renew(old: EnvelopeEvent, new: EnvelopeEvent) -> None:
    """Let a known row say what is told anew."""
    changed = [name for name in TOLD if getattr(old, name) != getattr(new, name)]
    for name in changed:
        setattr(old, name, getattr(new, name))
    if changed:
        old.save(update_fields=changed)
