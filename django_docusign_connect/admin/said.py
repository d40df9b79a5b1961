"""What a message says and what it changed, for a person to read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Model
from django.template.defaultfilters import filesizeformat
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext

from django_docusign_connect.admin.badges import LABELS
from django_docusign_connect.admin.times import time_element
from django_docusign_connect.exceptions import UnreadableMessage
from django_docusign_connect.live.words import event_words
from django_docusign_connect.messages import read
from django_docusign_connect.messages.values import (
    ConnectEvent,
    DocumentContent,
    EnvelopeState,
    ParsedMessage,
    RecipientState,
)
from django_docusign_connect.models import (
    ConnectMessage,
    Envelope,
    EnvelopeEvent,
    Recipient,
)
from django_docusign_connect.projection.changes import Change, Changes, changes_of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

VALUE_LENGTH = 300
#: How many of its events, recipients, documents or changes are shown.
ROWS = 100

State = EnvelopeState | RecipientState
#: A name and a value, both as they are shown.
Row = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a message says, cut to so many rows of each kind."""

    events: Sequence[tuple[ConnectEvent, StrOrPromise]]
    fields: Sequence[Row]
    recipients: Sequence[tuple[str, Sequence[Row]]]
    documents: Sequence[Row]
    is_cut: bool


@dataclass(frozen=True, kw_only=True)
class Changed:
    """What a message changed, by the envelope and its recipients, cut to so much.

    Each row is a field with its value before and after.
    """

    found: Changes
    groups: Sequence[tuple[str, Sequence[tuple[str, str, str]]]]
    is_cut: bool


def describe(message: ConnectMessage, body: bytes) -> dict[str, Any]:
    """Return what a template shows of what a message says and changed."""
    try:
        parsed = read(body).parse()
    except UnreadableMessage as error:
        return {"unreadable": str(error)}
    told = {"said": _said(parsed), "is_left_out": _is_left_out(message)}
    envelope_id = parsed.header.envelope_id
    if envelope_id is None or told["is_left_out"]:
        return told
    return {**told, "changed": _changed(changes_of(message, parsed, envelope_id))}


def _is_left_out(message: ConnectMessage) -> bool:
    """Whether it was ignored for its account, or by staff before it was ever tried."""
    never = message.processed_at is not None or message.attempts == 0
    return message.status == ConnectMessage.Status.IGNORED and never


def _said(parsed: ParsedMessage) -> Said:
    state = parsed.state or EnvelopeState()
    lists = (parsed.events, state.recipients, state.documents)
    return Said(
        events=[(event, _words(event)) for event in parsed.events[:ROWS]],
        fields=list(_told(state, Envelope)),
        recipients=[
            (_name(one), list(_told(one, Recipient))) for one in state.recipients[:ROWS]
        ],
        documents=[_document(one) for one in state.documents[:ROWS]],
        is_cut=any(len(one) > ROWS for one in lists),
    )


def _changed(found: Changes) -> Changed:
    rows: dict[int, list[Change]] = {}
    for change in found.changes[:ROWS]:
        rows.setdefault(id(change.row), []).append(change)
    return Changed(
        found=found,
        groups=[
            (_name(changes[0].row), [_change(change) for change in changes])
            for changes in rows.values()
        ],
        is_cut=len(found.changes) > ROWS,
    )


def _change(change: Change) -> tuple[str, str, str]:
    field = change.field
    before, after = _show(field, change.before), _show(field, change.after)
    return _label(field, type(change.row)), before, after


def _told(state: State, model: type[Model]) -> Iterator[Row]:
    """Yield the fields of a state that tell anything."""
    for field in type(state).__dataclass_fields__:
        value = getattr(state, field)
        if value not in (None, "") and not isinstance(value, tuple):
            yield _label(field, model), _show(field, value)


def _words(event: ConnectEvent) -> StrOrPromise:
    """Return the event in words; nothing of it or of its recipient is saved."""
    who = event.recipient
    recipient = None
    if who is not None:
        recipient = Recipient(
            recipient_id=who.recipient_id, name=_cut(who.name), type=who.type
        )
    return event_words(EnvelopeEvent(name=_cut(event.name), recipient=recipient))


def _document(document: DocumentContent) -> Row:
    name = _cut(document.name or document.document_id)
    if document.encoded is None:
        return name, gettext("named, not sent along")
    return name, gettext("%s of base64") % filesizeformat(len(document.encoded))


def _name(row: Model | RecipientState) -> str:
    if isinstance(row, Recipient | RecipientState):
        name = row.name or row.email or row.recipient_id
        return _cut(name) or gettext("A recipient without a name")
    return gettext("Envelope")


def _label(field: str, model: type[Model]) -> str:
    names = {one.name: one.verbose_name for one in model._meta.concrete_fields}
    return capfirst(str(names.get(field, field.replace("_", " "))))


def _show(field: str, value: Any) -> str:
    """Return a value with the words that the other pages have for it."""
    if value in (None, "", {}):
        return "-"
    if isinstance(value, datetime):
        return time_element(value)
    if field == "custom_fields":
        return _cut("; ".join(f"{name}: {text}" for name, text in value.items()))
    words: dict[str, Any] = {
        "status": LABELS,
        "type": dict(Recipient.Type.choices),
    }.get(field, {})
    return _cut(str(words.get(str(value), value)))


def _cut(text: str) -> str:
    return Truncator(text).chars(VALUE_LENGTH)
