"""Filters of the lists: a query parameter, how it is read, what it narrows to."""

from __future__ import annotations

from functools import reduce
from typing import Any

from django.template import loader
from django.utils.translation import gettext_lazy as _
from django_filters.filters import (
    BaseInFilter,
    CharFilter,
    ChoiceFilter,
    Filter,
    IsoDateTimeFilter,
    UUIDFilter,
)
from django_filters.filterset import FilterSet
from django_filters.rest_framework.backends import DjangoFilterBackend
from rest_framework.request import Request

from django_docusign_connect.api.fields import PairsField, UtcTimeField, WordsField
from django_docusign_connect.api.parameters import MAX_LENGTH
from django_docusign_connect.models.envelope import EnvelopeQuerySet
from django_docusign_connect.models.requeue import MessageStatus
from django_docusign_connect.models.search import search


class ParameterFilters(DjangoFilterBackend):
    """Narrows a list by the view's ``filterset_class``.

    Its form in the browsable API is of this app, so that projects need not have
    ``django_filters`` in their ``INSTALLED_APPS``.
    """

    template = "docusign_connect/api/filters.html"

    def to_html(self, request: Request, queryset: Any, view: Any) -> str:
        """Return the form of the browsable API: the filters, and the order."""
        context = {
            "filter": self.get_filterset(request, queryset, view),
            "orderings": view.orderings,
            "ordering": request.query_params.get("ordering", view.orderings[0]),
        }
        return loader.get_template(self.template).render(context)


class TextFilter(CharFilter):
    """An exact text, or what a method of the set makes of it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MAX_LENGTH, **options)


class WordsFilter(BaseInFilter, CharFilter):
    """One of several words, with commas or repeated."""

    base_field_class = WordsField


class ChoicesFilter(BaseInFilter, ChoiceFilter):
    """One of several of the words that there are, with commas or repeated."""

    base_field_class = WordsField


class PairsFilter(Filter):
    """All of several ``name:value``, repeated."""

    field_class = PairsField


class TimeFilter(IsoDateTimeFilter):
    field_class = UtcTimeField


class EnvelopeFilters(FilterSet):
    status = WordsFilter(
        label=_("status"),
        help_text=_("One of several, with commas or repeated: sent,delivered"),
    )
    account_id = TextFilter(label=_("account ID"))
    sender_email = TextFilter(
        label=_("sender email"),
        method="sent_by",
        help_text=_("The whole address, in upper or lower case."),
    )
    recipient_email = TextFilter(
        label=_("recipient email"),
        method="sent_to",
        help_text=_("The whole address, in upper or lower case."),
    )
    custom_field = PairsFilter(
        label=_("custom field"),
        method="with_custom_fields",
        help_text=_("name:value, both exact. Repeated: all of them."),
    )
    changed_after = TimeFilter(
        label=_("changed after"),
        field_name="changed_at",
        lookup_expr="gte",
        help_text=_("At this time or after it. ISO 8601; without a zone, UTC."),
    )
    changed_before = TimeFilter(
        label=_("changed before"),
        field_name="changed_at",
        lookup_expr="lt",
        help_text=_("Before this time. ISO 8601; without a zone, UTC."),
    )
    search = TextFilter(
        label=_("search"),
        method="containing",
        help_text=_(
            "An envelope ID or a whole email address, or a part of the subject, a "
            "name or an address, looked for in the newest envelopes."
        ),
    )

    def sent_by(
        self, envelopes: EnvelopeQuerySet, name: str, value: str
    ) -> EnvelopeQuerySet:
        return envelopes.sent_by(value)

    def sent_to(
        self, envelopes: EnvelopeQuerySet, name: str, value: str
    ) -> EnvelopeQuerySet:
        return envelopes.sent_to(value)

    def with_custom_fields(
        self, envelopes: EnvelopeQuerySet, name: str, value: list[tuple[str, str]]
    ) -> EnvelopeQuerySet:
        return reduce(
            lambda found, pair: found.with_custom_field(*pair), value, envelopes
        )

    def containing(
        self, envelopes: EnvelopeQuerySet, name: str, value: str
    ) -> EnvelopeQuerySet:
        return search(envelopes, value)


class MessageFilters(FilterSet):
    status = ChoicesFilter(
        choices=MessageStatus.choices,
        label=_("status"),
        help_text=_("One of several, with commas or repeated: failed,abandoned"),
    )
    event = WordsFilter(
        label=_("event"),
        help_text=_("One of several, with commas or repeated: envelope-completed"),
    )
    listener = TextFilter(label=_("listener"))
    envelope_id = UUIDFilter(label=_("envelope ID"))
    received_after = TimeFilter(
        label=_("received after"),
        field_name="received_at",
        lookup_expr="gte",
        help_text=_("At this time or after it. ISO 8601; without a zone, UTC."),
    )
    received_before = TimeFilter(
        label=_("received before"),
        field_name="received_at",
        lookup_expr="lt",
        help_text=_("Before this time. ISO 8601; without a zone, UTC."),
    )
