"""An envelope with very many events, in statements that every database takes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from django_docusign_connect.models import Envelope, EnvelopeEvent
from django_docusign_connect.models.table import table_of

MOST = 65_535
TOLD = {"occurred_at", "is_inferred", "source", "previous_status", "is_late"}


@pytest.mark.django_db
def test_statement_has_no_more_values_than_a_database_binds() -> None:
    counts: list[int] = []

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        counts.append(len(params or ()))
        return execute(sql, params, many, context)

    envelope = Envelope.objects.create(envelope_id=UUID(int=1))
    now = timezone.now()
    events = [
        EnvelopeEvent(
            envelope=envelope, name=str(number), occurred_at=now, received_at=now
        )
        for number in range(7_000)
    ]
    table = table_of(EnvelopeEvent)
    with connection.execute_wrapper(count):
        table.insert(events)
        table.update_all([(event, TOLD) for event in events])
    assert EnvelopeEvent.objects.count() == len(events)
    assert max(counts) <= max(MOST, connection.features.max_query_params or 0)
