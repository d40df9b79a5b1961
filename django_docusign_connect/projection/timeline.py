"""The events of one envelope: which are known, which are new, which are the same."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django_docusign_connect.messages.events import ONCE_EVENTS
from django_docusign_connect.messages.values import ConnectEvent
from django_docusign_connect.models import (
    ConnectMessage,
    Envelope,
    EnvelopeEvent,
    Recipient,
)

Known = dict[str, list[EnvelopeEvent]]
NAME_LENGTH = 100


class Timeline:
    """The events of an envelope whose row is locked, and a message that adds to them.

    What can happen once is one event for each name and recipient; what can happen
    again, one for each moment that it is stated for. An implied event is the same as
    a stated one of its name and recipient, whichever comes first.
    """

    def __init__(
        self,
        envelope: Envelope,
        message: ConnectMessage,
        *,
        generated_at: datetime | None,
        is_empty: bool = False,
    ) -> None:
        self.envelope = envelope
        self.message = message
        newest_at = envelope.newest_at
        self.is_late = bool(newest_at and generated_at and generated_at < newest_at)
        self.previous_status = envelope.status
        self._merged: dict[int, int] = {}
        self._rows: dict[int | None, Known] = defaultdict(lambda: defaultdict(list))
        for row in () if is_empty else envelope.events.all():
            self._rows[row.recipient_id][row.name].append(row)

    @property
    def last_event_at(self) -> datetime | None:
        return max((row.occurred_at for row in self.rows()), default=None)

    def rows(self) -> list[EnvelopeEvent]:
        known = [rows for names in self._rows.values() for rows in names.values()]
        return [row for rows in known for row in rows]

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
        row.save()
        self._rows[row.recipient_id][row.name].append(row)
        return row

    def move(self, one: Recipient, other: Recipient) -> None:
        """Give one recipient's events to another, with which it proves to be one."""
        for rows in self._rows.pop(one.pk, {}).values():
            # Stated ones first, so that an implied one finds what it is the same as.
            for row in sorted(rows, key=lambda row: row.is_inferred):
                self._move(row, other)

    def _move(self, row: EnvelopeEvent, recipient: Recipient) -> None:
        row.recipient = recipient
        same = self._same(row)
        if same is None:
            row.save(update_fields=["recipient"])
            self._rows[recipient.pk][row.name].append(row)
        else:
            self._confirm(same, row)
            self._merged[row.pk] = same.pk
            row.delete()

    def survivor(self, pk: int) -> int:
        """Return the key of the row that a row is part of by now; else its own."""
        while pk in self._merged:
            pk = self._merged[pk]
        return pk

    def _same(self, row: EnvelopeEvent) -> EnvelopeEvent | None:
        """Return the known event that a row repeats, if there is one."""
        known = self._rows[row.recipient_id][row.name]
        if row.name in ONCE_EVENTS or row.is_inferred:
            return known[0] if known else None
        stated = [one for one in known if one.occurred_at == row.occurred_at]
        inferred = [one for one in known if one.is_inferred]
        return next(iter([*stated, *inferred]), None)

    def _confirm(self, known: EnvelopeEvent, row: EnvelopeEvent) -> None:
        """Keep the time and message of the stated one, or else of the earlier one."""
        if (row.is_inferred, row.occurred_at) < (known.is_inferred, known.occurred_at):
            known.is_inferred, known.occurred_at = row.is_inferred, row.occurred_at
            known.message, known.source = row.message, row.source
            known.save(
                update_fields=["is_inferred", "occurred_at", "message", "source"]
            )
