"""The recipients of one envelope: which row is meant, and what it learns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django_docusign_connect.messages.values import ParsedMessage, RecipientState
from django_docusign_connect.models import Recipient
from django_docusign_connect.projection.offers import (
    clip,
    recipient_event_offers,
    recipient_offers,
)
from django_docusign_connect.projection.registers import Offer, merge, take
from django_docusign_connect.projection.rows import EnvelopeRows
from django_docusign_connect.projection.timeline import Timeline

Key = tuple[str, Any]
DESCRIPTION = ("type", "name", "email", "routing_order")


class Recipients:
    """The recipients of an envelope whose row is locked.

    DocuSign's GUID tells them apart, else the id that the sender chose. A row known
    by its id alone proves to be another's when a message names both.
    """

    def __init__(self, rows: EnvelopeRows, timeline: Timeline) -> None:
        self.envelope = rows.envelope
        self.rows = rows.recipients
        self.timeline = timeline
        #: Whether an id turned out to be of two recipients, or a recipient of two ids.
        self.is_contested = False
        self._found: dict[Key, dict[int, Recipient]] = defaultdict(dict)
        for row in self.rows:
            self._put(row)

    def apply(self, parsed: ParsedMessage) -> None:
        """Take over what a message tells of recipients."""
        generated_at = parsed.header.generated_at
        for state in parsed.state.recipients if parsed.state else ():
            self._learn(state, recipient_offers(state, generated_at))
        for event in parsed.events:
            if event.recipient and not event.is_inferred:
                offers = recipient_event_offers(event, parsed.header)
                self._learn(event.recipient, offers)

    def find(self, state: RecipientState | None) -> Recipient | None:
        """Return the row that a state is about, None if there is none yet."""
        if state is None:
            return None
        if state.recipient_id_guid:
            return self._by_guid(state) or self._by_id_alone(state)
        if state.recipient_id:
            return self._by_id(state)
        return self._by_description(state)

    def _learn(self, state: RecipientState, offers: Iterable[Offer]) -> None:
        row = self.find(state) or self._new(state)
        # Before rows are joined: what they are told by then hides that they differed.
        self.is_contested |= self._contests(row, state)
        alone = self._by_id_alone(state) if state.recipient_id_guid else None
        if alone is not None and alone is not row:
            self._join(alone, row)
        self._drop(row)
        changes = take(row, offers)
        if state.recipient_id_guid and not row.recipient_id_guid:
            row.recipient_id_guid = state.recipient_id_guid
            changes["recipient_id_guid"] = state.recipient_id_guid
        self._put(row)
        self.rows.change(row, changes)

    def _contests(self, row: Recipient, state: RecipientState) -> bool:
        if not (state.recipient_id and state.recipient_id_guid):
            return False
        if row.recipient_id not in {"", _id(state)}:
            return True
        same = self._found.get(("id", _id(state)), {}).values()
        return any(one is not row and one.recipient_id_guid for one in same)

    def _new(self, state: RecipientState) -> Recipient:
        row = Recipient(
            envelope=self.envelope,
            recipient_id=clip(Recipient, "recipient_id", state.recipient_id),
            recipient_id_guid=state.recipient_id_guid,
        )
        self.rows.add(row)
        self._put(row)
        return row

    def _join(self, alone: Recipient, row: Recipient) -> None:
        """Make two rows one, as the message at hand says that they are."""
        self._drop(alone)
        self._drop(row)
        self.rows.change(row, merge(row, alone))
        self._put(row)
        self.timeline.move(alone, row)
        self.rows.remove(alone)

    def _put(self, row: Recipient) -> None:
        for key in _keys(row):
            self._found[key][self.rows.place(row)] = row

    def _drop(self, row: Recipient) -> None:
        for key in _keys(row):
            self._found[key].pop(self.rows.place(row), None)

    def _first(self, kind: str, value: object) -> Recipient | None:
        rows = self._found.get((kind, value))
        return rows[min(rows)] if rows else None

    def _by_guid(self, state: RecipientState) -> Recipient | None:
        return self._first("guid", state.recipient_id_guid)

    def _by_id_alone(self, state: RecipientState) -> Recipient | None:
        return self._first("id alone", _id(state)) if state.recipient_id else None

    def _by_id(self, state: RecipientState) -> Recipient | None:
        """Return who has the id; if several had it, the one who got it last.

        Of those who got it at the same time, the GUID decides: not who came first.
        """
        rows = self._found.get(("id", _id(state)), {})
        return max(rows.values(), key=_had_since, default=None)

    def _by_description(self, state: RecipientState) -> Recipient | None:
        """Return who is described alike; old XML gives a recipient no id at all."""
        wanted = [clip(Recipient, name, getattr(state, name)) for name in DESCRIPTION]
        return self._first("description", tuple(wanted))


def _keys(row: Recipient) -> Iterator[Key]:
    """Yield what a row is found by."""
    if row.recipient_id_guid:
        yield "guid", row.recipient_id_guid
    if row.recipient_id:
        yield "id", row.recipient_id
        if not row.recipient_id_guid:
            yield "id alone", row.recipient_id
    elif not row.recipient_id_guid:
        yield "description", tuple(getattr(row, name) for name in DESCRIPTION)


def _had_since(row: Recipient) -> tuple[list[Any], str]:
    return row.stamps.get("recipient_id", []), str(row.recipient_id_guid or "")


def _id(state: RecipientState) -> str:
    value: str = clip(Recipient, "recipient_id", state.recipient_id)
    return value
