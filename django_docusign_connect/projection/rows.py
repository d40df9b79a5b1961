"""The rows of one envelope: read at once, changed in memory, written at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import count
from typing import Generic, TypeVar
from uuid import UUID

from django_docusign_connect.models import (
    CustomFieldEntry,
    Envelope,
    EnvelopeDocument,
    EnvelopeEvent,
    Recipient,
)
from django_docusign_connect.models.table import table_of

Row = TypeVar("Row", Recipient, EnvelopeEvent, EnvelopeDocument)


class Rows(Generic[Row]):
    """The rows of one table that belong to an envelope, in the order of their making.

    What is added, changed or removed is written by ``write`` and ``delete``: however
    many rows there are, in one statement for each of the three.
    """

    def __init__(self, model: type[Row], known: Iterable[Row] = ()) -> None:
        self.model: type[Row] = model
        self._numbers = count()
        self._places: dict[int, int] = {}
        self._rows: dict[int, Row] = {}
        self._changed: dict[int, set[str]] = {}
        self._gone: list[Row] = []
        for row in known:
            self.add(row)

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows.values())

    def add(self, row: Row) -> None:
        self._rows[id(row)] = row
        self._places[id(row)] = next(self._numbers)

    @property
    def has_news(self) -> bool:
        """Whether there is something to write or to delete."""
        is_new = any(row.pk is None for row in self)
        return is_new or any(self._changed.values()) or bool(self._gone)

    @property
    def has_changes(self) -> bool:
        """Whether fields of rows that were known have new values."""
        return bool(self._changed)

    def place(self, row: Row) -> int:
        """Return where the row stands among those of its table, the oldest first."""
        return self._places[id(row)]

    def change(self, row: Row, fields: Iterable[str]) -> None:
        """Note that fields of a row have new values."""
        self._changed.setdefault(id(row), set()).update(fields)

    def remove(self, row: Row) -> None:
        del self._rows[id(row)]
        # Kept here, so that no other row gets its place in memory.
        self._gone.append(row)

    def write(self, envelope: Envelope) -> None:
        """Insert what is new and update what has changed."""
        table = table_of(self.model)
        new = [row for row in self if row.pk is None]
        for row in new:
            row.envelope = envelope
        changed = [
            (row, self._changed[id(row)])
            for row in self
            if row.pk is not None and self._changed.get(id(row))
        ]
        if changed:
            table.update_all(changed)
        table.insert(new)
        self._changed.clear()

    def delete(self) -> None:
        """Delete what was removed."""
        gone = [row.pk for row in self._gone if row.pk is not None]
        if gone:
            self.model._default_manager.filter(pk__in=gone).delete()


class EnvelopeRows:
    """An envelope, its recipients, events and documents.

    Made inside a transaction: the envelope's row is locked until it ends. Raises
    IntegrityError when written, if another worker has made the envelope meanwhile.
    With ``is_kept`` false they begin as if nothing were known, and are not written.
    """

    def __init__(
        self,
        envelope_id: UUID,
        *,
        names: Iterable[str] = (),
        with_documents: bool = False,
        is_kept: bool = True,
    ) -> None:
        known = Envelope.objects.lock(envelope_id) if is_kept else None
        self.envelope = known or Envelope(envelope_id=envelope_id)
        self.has_new_custom_fields = False
        self._learned: set[str] = set()
        self._has_all_events = known is None
        self.recipients = Rows(Recipient)
        self.events = Rows(EnvelopeEvent)
        self.documents = Rows(EnvelopeDocument)
        if known is not None:
            self._read(tuple(set(names)), with_documents=with_documents)

    def _read(self, names: tuple[str, ...], *, with_documents: bool) -> None:
        pk = self.envelope.pk
        self.recipients = Rows(Recipient, table_of(Recipient).select("envelope", pk))
        among = ("name", names)
        self._add(table_of(EnvelopeEvent).select("envelope", pk, among=among))
        if with_documents:
            documents = table_of(EnvelopeDocument).select("envelope", pk)
            self.documents = Rows(EnvelopeDocument, documents)

    def _add(self, events: list[EnvelopeEvent]) -> list[EnvelopeEvent]:
        recipients = {row.pk: row for row in self.recipients}
        events.sort(key=lambda event: (event.occurred_at, event.pk))
        for event in events:
            event.envelope = self.envelope
            event.recipient = recipients.get(event.recipient_id or 0)
            self.events.add(event)
        return events

    def read_other_events(self) -> list[EnvelopeEvent]:
        """Read the events of all other names, too, and return them; once.

        Most messages can do without: an envelope has a dozen, and they name one.
        """
        if self._has_all_events:
            return []
        self._has_all_events = True
        known = {event.pk for event in self.events}
        events = table_of(EnvelopeEvent).select("envelope", self.envelope.pk)
        return self._add([event for event in events if event.pk not in known])

    def last_event_at(self) -> datetime | None:
        """Return when the last event occurred; a known one may have been earlier."""
        if self.events.has_changes:
            self.read_other_events()
        times = [event.occurred_at for event in self.events]
        if not self._has_all_events and self.envelope.last_event_at:
            times.append(self.envelope.last_event_at)
        return max(times, default=None)

    def learn(self, values: Mapping[str, object]) -> None:
        """Set fields of the envelope."""
        for name, value in values.items():
            setattr(self.envelope, name, value)
        self._learned.update(values)

    def write(self) -> None:
        """Write what has changed, and when, if something was learned at all."""
        is_new = self.envelope.pk is None
        tables = (self.recipients, self.events, self.documents)
        if is_new or self._learned or any(rows.has_news for rows in tables):
            self.envelope.save_learned(self._learned)
        if self.has_new_custom_fields:
            CustomFieldEntry.objects.replace(self.envelope, is_new=is_new)
        self.recipients.write(self.envelope)
        self.documents.write(self.envelope)
        for event in self.events:
            # Once more, for the key that a new recipient has by now.
            event.recipient = event.recipient
        self.events.write(self.envelope)
        self.events.delete()
        self.recipients.delete()
