"""The events of one envelope: which are known, which are new, which are the same."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django_docusign_connect.messages.events import ONCE_EVENTS
from django_docusign_connect.messages.values import ConnectEvent
from django_docusign_connect.models import ConnectMessage, EnvelopeEvent, Recipient
from django_docusign_connect.projection.rows import EnvelopeRows

Known = dict[str, list[EnvelopeEvent]]
NAME_LENGTH = 100
CONFIRMED = ("is_inferred", "occurred_at", "message", "source")


class Timeline:
    """The events of an envelope whose row is locked, and a message that adds to them.

    What can happen once is one event for each name and recipient; what can happen
    again, one for each moment that it is stated for. An implied event is the same as
    a stated one of its name and recipient, whichever comes first.
    """

    def __init__(
        self,
        rows: EnvelopeRows,
        message: ConnectMessage,
        *,
        generated_at: datetime | None,
    ) -> None:
        self.envelope = rows.envelope
        self.rows = rows.events
        self._read_others = rows.read_other_events
        self.message = message
        newest_at = self.envelope.newest_at
        self.is_late = bool(newest_at and generated_at and generated_at < newest_at)
        self.previous_status = self.envelope.status
        self._merged: dict[int, EnvelopeEvent] = {}
        self._known: dict[int, Known] = defaultdict(lambda: defaultdict(list))
        for row in self.rows:
            self._alike(row).append(row)

    def add(self, event: ConnectEvent, recipient: Recipient | None) -> EnvelopeEvent:
        """Return the event's row: the one that has it already, or a new one."""
        row = EnvelopeEvent(
            envelope=self.envelope,
            recipient=recipient,
            name=event.name[:NAME_LENGTH],
            occurred_at=event.occurred_at or self.message.received_at,
            received_at=self.message.received_at,
            message=self.message,
            first_message=self.message,
            source=self.message.source,
            previous_status=self.previous_status,
            is_late=self.is_late,
            is_inferred=event.is_inferred,
        )
        same = self._same(row)
        if same is not None:
            self._confirm(same, row)
            return same
        self.rows.add(row)
        self._alike(row).append(row)
        return row

    def move(self, one: Recipient, other: Recipient) -> None:
        """Give one recipient's events to another, with which it proves to be one."""
        for row in self._read_others():
            self._alike(row).append(row)
        for rows in self._known.pop(id(one), {}).values():
            # Stated ones first, so that an implied one finds what it is the same as.
            for row in sorted(rows, key=lambda row: row.is_inferred):
                self._move(row, other)

    def _move(self, row: EnvelopeEvent, recipient: Recipient) -> None:
        row.recipient = recipient
        same = self._same(row)
        if same is None:
            self.rows.change(row, ["recipient"])
            self._alike(row).append(row)
        else:
            self._confirm(same, row)
            self._merged[id(row)] = same
            self.rows.remove(row)

    def survivor(self, row: EnvelopeEvent) -> EnvelopeEvent:
        """Return the row that a row is part of by now; else itself."""
        while id(row) in self._merged:
            row = self._merged[id(row)]
        return row

    def _alike(self, row: EnvelopeEvent) -> list[EnvelopeEvent]:
        """Return the known events of a row's name and recipient."""
        return self._known[id(row.recipient)][row.name]

    def _same(self, row: EnvelopeEvent) -> EnvelopeEvent | None:
        """Return the known event that a row repeats, if there is one."""
        known = self._alike(row)
        if row.name in ONCE_EVENTS or row.is_inferred:
            return known[0] if known else None
        stated = [one for one in known if one.occurred_at == row.occurred_at]
        inferred = [one for one in known if one.is_inferred]
        return next(iter([*stated, *inferred]), None)

    def _confirm(self, known: EnvelopeEvent, row: EnvelopeEvent) -> None:
        """Keep the time and message of the stated one, or else of the earlier one."""
        if (row.is_inferred, row.occurred_at) < (known.is_inferred, known.occurred_at):
            known.is_inferred, known.occurred_at = row.is_inferred, row.occurred_at
            known.message_id, known.source = row.message_id, row.source
            self.rows.change(known, CONFIRMED)
