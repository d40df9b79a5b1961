"""Whose turn it is: which of the messages that are due a worker takes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_docusign_connect.models.message import ConnectMessage
    from django_docusign_connect.models.message_queue import ConnectMessageQuerySet


def take_turns(due: ConnectMessageQuerySet, *, limit: int) -> list[ConnectMessage]:
    """Return up to ``limit`` messages of an ordered queryset, in its order.

    While others wait, no envelope gets more than half of the places, of those that
    this leaves none more than half, and so on: thousands of messages of one envelope
    do not keep the others waiting.
    """
    found = list(due[:limit])
    half = -(-limit // 2)
    counts = Counter(message.envelope_id for message in found)
    if len(found) < limit or max(counts.values()) <= half:
        return found
    ((most, _),) = counts.most_common(1)
    others = take_turns(due.exclude(envelope_id=most), limit=limit - half)
    own = [message for message in found if message.envelope_id == most]
    turns = [*own[: limit - len(others)], *others]
    return sorted(turns, key=lambda message: (message.next_attempt_at, message.pk))
