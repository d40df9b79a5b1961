"""What a message offers for the fields of an envelope and of its recipients."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import Model

from django_docusign_connect.messages.events import DATE_FIELDS, STATUSES
from django_docusign_connect.messages.values import (
    ConnectEvent,
    EnvelopeState,
    MessageHeader,
    ParsedMessage,
    RecipientState,
)
from django_docusign_connect.models import Envelope, Recipient
from django_docusign_connect.projection.registers import (
    FINALITY,
    Offer,
    Origin,
)

ENVELOPE_PLAIN = (
    "subject",
    "sender_name",
    "sender_email",
    "voided_reason",
    "expires_at",
    "custom_fields",
    "initial_sent_at",
)
RECIPIENT_PLAIN = (
    "recipient_id",
    "type",
    "name",
    "email",
    "role_name",
    "routing_order",
    "declined_reason",
    "auto_responded_reason",
    "client_user_id",
)
REPEATED_DATES = ("sent_at", "delivered_at")
ENVELOPE_DATES_ONCE = ("created_at", "completed_at", "declined_at", "voided_at")
RECIPIENT_DATES_ONCE = ("signed_at", "declined_at")
AUTHENTICATION_FAILED = "recipient-authenticationfailed"


def envelope_offers(parsed: ParsedMessage) -> Iterator[Offer]:
    """Yield what a message offers for its envelope."""
    header, state = parsed.header, parsed.state
    if header.account_id:
        yield _account(header)
    if state:
        origin = Origin(header.generated_at, state.status)
        yield from _fields(state, origin, ENVELOPE_PLAIN, ENVELOPE_DATES_ONCE)
        if state.status:
            changed_at = state.status_changed_at or _status_date(state)
            yield from origin.statuses(
                changed_at or header.generated_at, is_exact=bool(changed_at)
            )
    for event in parsed.events:
        if not event.is_inferred and not event.name.startswith("recipient-"):
            yield from _event_offers(event, header, shown=state)


def recipient_offers(
    state: RecipientState, generated_at: datetime | None
) -> Iterator[Offer]:
    """Yield what a recipient's state offers for its row."""
    origin = Origin(generated_at, state.status)
    yield from _fields(state, origin, RECIPIENT_PLAIN, RECIPIENT_DATES_ONCE)
    if state.status:
        yield from origin.statuses(None, is_exact=False)


def recipient_event_offers(
    event: ConnectEvent, header: MessageHeader
) -> Iterator[Offer]:
    """Yield what a stated event alone offers for its recipient's row."""
    if event.name == AUTHENTICATION_FAILED and event.occurred_at:
        origin = Origin(header.generated_at)
        yield origin.plain("authentication_failed_at", event.occurred_at)
    yield from (
        offer
        for offer in _event_offers(event, header, shown=event.recipient)
        if offer.field != "status_changed_at"
    )


def clip(model: type[Model], field: str, value: Any) -> Any:
    """Cut a text to what the model's field holds."""
    return value[: _length(model, field)] if isinstance(value, str) else value


@cache
def _length(model: type[Model], field: str) -> int | None:
    """Return the most characters that a field holds; None if any number."""
    return getattr(model._meta.get_field(field), "max_length", None)


def _account(header: MessageHeader) -> Offer:
    """Offer the account, by its GUID rather than by its number, which XML gives."""
    is_guid = int(not header.account_id.isdecimal())
    value = clip(Envelope, "account_id", header.account_id)
    return Offer("account_id", value, [is_guid, Origin(header.generated_at).time])


def _fields(
    state: EnvelopeState | RecipientState,
    origin: Origin,
    plain: tuple[str, ...],
    dates_once: tuple[str, ...],
) -> Iterator[Offer]:
    """Yield what a state shows; of what it does not tell, nothing is offered."""
    model = Envelope if isinstance(state, EnvelopeState) else Recipient
    for name in plain:
        value = getattr(state, name)
        if value not in (None, ""):
            yield origin.plain(name, clip(model, name, value))
    for name in REPEATED_DATES:
        if value := getattr(state, name):
            yield origin.date(name, value, is_exact=True)
    for name in dates_once:
        if value := getattr(state, name):
            yield origin.date_once(name, value, is_exact=True)


def _event_offers(
    event: ConnectEvent,
    header: MessageHeader,
    *,
    shown: EnvelopeState | RecipientState | None,
) -> Iterator[Offer]:
    """Yield what an event alone offers, where no state shows it better."""
    status = STATUSES.get(event.name, "")
    origin = Origin(header.generated_at, status)
    if status and (status in FINALITY or not (shown and shown.status)):
        yield from origin.statuses(event.occurred_at, is_exact=False)
    name = DATE_FIELDS.get(event.name)
    if not name or not event.occurred_at or getattr(shown, name, None):
        return
    if isinstance(shown, RecipientState) and shown.status:
        return  # A carbon copy is completed, and never signs.
    if name in REPEATED_DATES:
        yield origin.date(name, event.occurred_at, is_exact=False)
    elif name != "deleted_at":
        yield origin.date_once(name, event.occurred_at, is_exact=False)


def _status_date(state: EnvelopeState) -> datetime | None:
    """Return the date that a snapshot gives for its status."""
    dates: Mapping[str, datetime | None] = {
        "created": state.created_at,
        "sent": state.sent_at,
        "delivered": state.delivered_at,
        "completed": state.completed_at,
        "declined": state.declined_at,
        "voided": state.voided_at,
        "deleted": state.deleted_at,
    }
    return dates.get(state.status)
