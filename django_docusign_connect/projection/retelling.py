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
from django_docusign_connect.messages.values import ParsedMessage
from django_docusign_connect.models import (
    ConnectMessage,
    Envelope,
    EnvelopeEvent,
    Recipient,
)
from django_docusign_connect.projection.recipients import Recipients
from django_docusign_connect.projection.rows import EnvelopeRows, Rows
from django_docusign_connect.projection.timeline import Timeline

FORGOTTEN = tuple(
    field.name
    for field in Recipient._meta.concrete_fields
    if field.name not in {"id", "envelope", "recipient_id_guid"} and not field.generated
)
EARLIEST = datetime.min.replace(tzinfo=timezone.utc)
TOLD = ("recipient", "occurred_at", "is_inferred", "message_id", "source")
Told = tuple[ConnectMessage, ParsedMessage]

#: What a known event has in common with the one that is told anew, the best first.
REASONS: tuple[Callable[[EnvelopeEvent], object], ...] = (
    lambda event: (event.name, id(event.recipient), event.occurred_at),
    lambda event: (event.name, event.occurred_at),
    lambda event: (event.name, id(event.recipient)),
)


def retell(
    rows: EnvelopeRows, message: ConnectMessage, events: list[EnvelopeEvent]
) -> list[EnvelopeEvent]:
    """Return the events that the message brings, after all is told anew.

    The message has been applied to the rows; ``events`` is what it brought. An
    envelope of which a body was pruned stays as it is. One that was contested before
    has been told in order, so that the newest message has but to follow.
    """
    was_contested = rows.envelope.is_contested
    if not was_contested:
        rows.learn({"is_contested": True})
    if was_contested and _is_newest(rows.envelope, message):
        return events
    told = _in_order(rows.envelope)
    if told is None:
        return events
    rows.read_other_events()
    known, rows.events = rows.events, Rows(EnvelopeEvent)
    _forget_recipients(rows.recipients)
    timeline = Timeline(rows, message, generated_at=None)
    recipients = Recipients(rows, timeline)
    brought: list[EnvelopeEvent] = []
    for one, parsed in told:
        timeline.message = one
        recipients.apply(parsed)
        found = [timeline.add(e, recipients.find(e.recipient)) for e in parsed.events]
        if one.pk == message.pk:
            brought = found
    new = list(rows.events)
    rows.events = known
    kept = _carry_over(known, new, message)
    return [kept[id(timeline.survivor(event))] for event in brought]


def _in_order(envelope: Envelope) -> list[Told] | None:
    """Return the applied messages as they were generated; None if a body is gone."""
    messages = list(ConnectMessage.objects.applied_to(envelope))
    if not all(message.has_body for message in messages):
        return None
    told = []
    for message in messages:
        try:
            told.append((message, message.parse()))
        except UnreadableMessage:
            continue
    return sorted(told, key=generated)


def _is_newest(envelope: Envelope, message: ConnectMessage) -> bool:
    """Whether no other message comes after it in the order of generation."""
    applied = ConnectMessage.objects.applied_to(envelope)
    times = applied.values_list("generated_at", "identity")
    newest = max(((at or EARLIEST, identity) for at, identity in times), default=None)
    return newest == (message.generated_at or EARLIEST, message.identity)


def generated(told: Told) -> tuple[datetime, str]:
    """Return what messages are told in the order of."""
    message, parsed = told
    return parsed.header.generated_at or EARLIEST, message.identity


def _forget_recipients(recipients: Rows[Recipient]) -> None:
    """Blank the recipients that a GUID makes sure of, and drop the others."""
    for row in list(recipients):
        if row.recipient_id_guid:
            blank = Recipient(recipient_id_guid=row.recipient_id_guid)
            for name in FORGOTTEN:
                setattr(row, name, getattr(blank, name))
            recipients.change(row, FORGOTTEN)
        else:
            recipients.remove(row)


def _carry_over(
    known: Rows[EnvelopeEvent], told: Sequence[EnvelopeEvent], message: ConnectMessage
) -> dict[int, EnvelopeEvent]:
    """Let the rows of known events say what is told anew, and keep who has heard.

    Returns the kept row by the id of each row told. What was not known is for the
    message at hand to announce.
    """
    kept: dict[int, EnvelopeEvent] = {}
    left = {id(old): old for old in known}
    for reason in REASONS:
        alike: dict[object, list[EnvelopeEvent]] = defaultdict(list)
        for old in reversed(left.values()):
            alike[reason(old)].append(old)
        for new in told:
            if id(new) not in kept and alike[reason(new)]:
                kept[id(new)] = alike[reason(new)].pop()
                del left[id(kept[id(new)])]
    for old in left.values():
        known.remove(old)
    for new in told:
        if id(new) in kept:
            _renew(known, kept[id(new)], new)
        else:
            new.first_message = message
            known.add(new)
            kept[id(new)] = new
    return kept


def _renew(known: Rows[EnvelopeEvent], old: EnvelopeEvent, new: EnvelopeEvent) -> None:
    """Let a known row say what is told anew."""
    changed = [name for name in TOLD if getattr(old, name) != getattr(new, name)]
    for name in changed:
        setattr(old, name, getattr(new, name))
    known.change(old, [name.removesuffix("_id") for name in changed])
