"""Which facts a message brings: the one it states, or those a snapshot implies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django_docusign_connect.messages.events import (
    DATE_FIELDS,
    ENVELOPE_SNAPSHOT_EVENTS,
    RECIPIENT_SNAPSHOT_EVENTS,
    STATUSES,
    is_recipient_event,
)
from django_docusign_connect.messages.values import (
    ConnectEvent,
    EnvelopeState,
    RecipientState,
)


def stated(
    name: str,
    *,
    recipient_id: str,
    state: EnvelopeState | None,
    generated_at: datetime | None,
) -> ConnectEvent:
    """Return the event of a SIM message, at the moment that it is stated for.

    That is the date which the summary gives for it, else the message's own.
    """
    recipient = None
    if recipient_id and is_recipient_event(name):
        recipient = _recipient(recipient_id, state)
    subject = recipient if is_recipient_event(name) else state
    return ConnectEvent(
        name=name,
        occurred_at=_date(name, subject) or generated_at,
        recipient=recipient,
    )


def implied(
    state: EnvelopeState, *, generated_at: datetime | None
) -> tuple[ConnectEvent, ...]:
    """Return the events that the dates and statuses of a snapshot show, in order."""
    events = [
        *_shown(state, ENVELOPE_SNAPSHOT_EVENTS, generated_at),
        *(
            event
            for recipient in state.recipients
            for event in _shown(recipient, RECIPIENT_SNAPSHOT_EVENTS, generated_at)
        ),
    ]
    return tuple(sorted(events, key=_order))


def _shown(
    subject: EnvelopeState | RecipientState,
    names: tuple[str, ...],
    generated_at: datetime | None,
) -> Iterator[ConnectEvent]:
    for name in names:
        date = _date(name, subject)
        if date or subject.status == STATUSES[name]:
            yield ConnectEvent(
                name=name,
                occurred_at=date or generated_at,
                recipient=subject if isinstance(subject, RecipientState) else None,
                is_inferred=True,
            )


def _order(event: ConnectEvent) -> tuple[float, int]:
    """Order by time; what happens at once, by the lifecycle, recipients first."""
    moment = event.occurred_at.timestamp() if event.occurred_at else 0.0
    lifecycle = list(STATUSES).index(event.name)
    return moment, lifecycle - len(STATUSES) * bool(event.recipient)


def _recipient(recipient_id: str, state: EnvelopeState | None) -> RecipientState:
    for recipient in state.recipients if state else ():
        if recipient.recipient_id == recipient_id:
            return recipient
    return RecipientState(recipient_id=recipient_id)


def _date(name: str, subject: EnvelopeState | RecipientState | None) -> datetime | None:
    date = getattr(subject, DATE_FIELDS.get(name, ""), None)
    return date if isinstance(date, datetime) else None
