"""Filters of the lists: a query parameter, how it is read, what it narrows to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any, NamedTuple

from django.db.models import QuerySet
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request
from rest_framework.views import APIView

from django_docusign_connect.api.parameters import (
    as_envelope_id,
    as_pairs,
    as_text,
    as_time,
    as_words,
    read,
)
from django_docusign_connect.models.envelope import EnvelopeQuerySet
from django_docusign_connect.models.search import search


class Filter(NamedTuple):
    """How a parameter is read, and what its value narrows a queryset to."""

    reader: Callable[[Sequence[str]], Any]
    narrow: Callable[[Any, Any], Any]


def by(lookup: str) -> Callable[[Any, Any], Any]:
    """Return a narrowing by one of Django's lookups."""

    def narrow(rows: Any, value: object) -> Any:
        return rows.filter(**{lookup: value})

    return narrow


def with_all(
    rows: EnvelopeQuerySet, fields: Sequence[tuple[str, str]]
) -> EnvelopeQuerySet:
    return reduce(lambda found, field: found.with_custom_field(*field), fields, rows)


class ParameterFilters(BaseFilterBackend):
    """Narrows a list by each filter whose parameter is given; ignores all others."""

    filters: Mapping[str, Filter]

    def filter_queryset(
        self, request: Request, queryset: QuerySet[Any], view: APIView
    ) -> QuerySet[Any]:
        for name, (reader, narrow) in self.filters.items():
            value = read(request, name, reader)
            if value is not None:
                queryset = narrow(queryset, value)
        return queryset


class EnvelopeFilters(ParameterFilters):
    filters = {
        "status": Filter(as_words, by("status__in")),
        "account_id": Filter(as_text, by("account_id")),
        "sender_email": Filter(as_text, EnvelopeQuerySet.sent_by),
        "recipient_email": Filter(as_text, EnvelopeQuerySet.sent_to),
        "custom_field": Filter(as_pairs, with_all),
        "changed_after": Filter(as_time, by("changed_at__gte")),
        "changed_before": Filter(as_time, by("changed_at__lt")),
        "search": Filter(as_text, search),
    }


class MessageFilters(ParameterFilters):
    filters = {
        "status": Filter(as_words, by("status__in")),
        "event": Filter(as_words, by("event__in")),
        "listener": Filter(as_text, by("listener")),
        "envelope_id": Filter(as_envelope_id, by("envelope_id")),
        "received_after": Filter(as_time, by("received_at__gte")),
        "received_before": Filter(as_time, by("received_at__lt")),
    }
