"""What one message changed: its envelope told without it and then with it, in memory.

Nothing of that is kept when a message is applied. What is known is the same in whatever
order messages come, so that those received before it tell what was known when it came.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, takewhile
from typing import Any
from uuid import UUID

from django_docusign_connect.exceptions import UnreadableMessage
from django_docusign_connect.messages.values import ParsedMessage
from django_docusign_connect.models import ConnectMessage, Envelope, Recipient
from django_docusign_connect.projection.offers import envelope_offers
from django_docusign_connect.projection.recipients import Recipients
from django_docusign_connect.projection.registers import take
from django_docusign_connect.projection.retelling import Told, generated
from django_docusign_connect.projection.rows import EnvelopeRows
from django_docusign_connect.projection.timeline import Timeline

#: How many messages before one are read, and of how many bytes together.
EARLIER = 100
EARLIER_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Change:
    """A field of an envelope, or of a recipient of it, before and after a message."""

    row: Envelope | Recipient
    field: str
    before: Any
    after: Any


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What a message changed, and what that could be told from.

    ``is_whole``: every earlier message was read. ``is_contested``: recipients had the
    same ID, so that nothing can be said of them by one message.
    """

    changes: Sequence[Change]
    read: int
    is_whole: bool
    is_contested: bool


def changes_of(
    message: ConnectMessage, parsed: ParsedMessage, envelope_id: UUID
) -> Changes:
    """Return what a message changed when it came."""
    applied = ConnectMessage.objects.applied_to(Envelope(envelope_id=envelope_id))
    earlier = applied.received_before(message)
    sizes = list(earlier.values_list("pk", "size")[: EARLIER + 1])
    few = list(earlier.filter(pk__in=_within_bounds(sizes)))
    read = list(takewhile(lambda one: one.has_body, few))
    story = _Story(envelope_id, message)
    for one, told in sorted(_readable(read), key=generated):
        story.tell(one, told)
    before = story.values()
    story.tell(message, parsed)
    return Changes(
        changes=list(_differences(before, story)),
        read=len(read),
        is_whole=len(read) == len(sizes),
        is_contested=story.recipients.is_contested,
    )


class _Story:
    """An envelope and its recipients as they are told by one message after another."""

    def __init__(self, envelope_id: UUID, message: ConnectMessage) -> None:
        self.rows = EnvelopeRows(envelope_id, is_kept=False)
        self.timeline = Timeline(self.rows, message, generated_at=None)
        self.recipients = Recipients(self.rows, self.timeline)

    def __iter__(self) -> Iterator[Envelope | Recipient]:
        yield self.rows.envelope
        yield from self.rows.recipients

    def tell(self, message: ConnectMessage, parsed: ParsedMessage) -> None:
        self.timeline.message = message
        self.recipients.apply(parsed)
        take(self.rows.envelope, envelope_offers(parsed))

    def values(self) -> dict[int, dict[str, Any]]:
        return {id(row): _values(row) for row in self}


def _within_bounds(sizes: Sequence[tuple[int, int]]) -> list[int]:
    """Return the keys of the first messages, as many as are not too much to read."""
    totals = accumulate(size for _, size in sizes[:EARLIER])
    return [
        pk
        for (pk, _), total in zip(sizes, totals, strict=False)
        if total <= EARLIER_BYTES
    ]


def _readable(messages: Iterable[ConnectMessage]) -> Iterator[Told]:
    for message in messages:
        try:
            yield message, message.parse()
        except UnreadableMessage:
            continue


def _differences(before: dict[int, dict[str, Any]], story: _Story) -> Iterator[Change]:
    for row in story:
        if isinstance(row, Recipient) and story.recipients.is_contested:
            continue
        known = before.get(id(row), {})
        for field, after in _values(row).items():
            if known.get(field) != after:
                yield Change(row=row, field=field, before=known.get(field), after=after)


def _values(row: Envelope | Recipient) -> dict[str, Any]:
    """Return what messages have told of a row, in the order of its fields."""
    names = [field.name for field in row._meta.concrete_fields]
    return {name: getattr(row, name) for name in names if name in row.stamps}
