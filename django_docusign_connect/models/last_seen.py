"""When the last message came to each listener, and with each key: at one look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Subquery

from django_docusign_connect.models.lookups import just
from django_docusign_connect.models.message import ConnectMessage


class Trait(NamedTuple):
    """A value that messages have in a field, which an index has with the times."""

    field: str
    value: str


def last_received_at(traits: Sequence[Trait]) -> dict[Trait, datetime]:
    """Return when the newest message came that has each trait, if one has it.

    One statement, each part of which reads one entry of an index.
    """
    columns = {f"last_{place}": _newest(one) for place, one in enumerate(traits)}
    rows = ConnectMessage.objects.order_by("-received_at").annotate(**columns)
    found = rows.values_list(*columns).first() if columns else None
    times = zip(traits, found or (), strict=False)
    return {trait: time for trait, time in times if time is not None}


def _newest(trait: Trait) -> Subquery:
    rows = ConnectMessage.objects.filter(just(trait.field, trait.value))
    in_order = rows.order_by(f"-{trait.field}", "-received_at")
    return Subquery(in_order.values("received_at")[:1])
