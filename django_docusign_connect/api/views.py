"""The read API's views. Subclass one and narrow its ``get_queryset`` to a tenant."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import IsAdminUser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from django_docusign_connect.api import serializers
from django_docusign_connect.api.filters import (
    EnvelopeFilters,
    MessageFilters,
    ParameterFilters,
)
from django_docusign_connect.api.negotiation import OneForm
from django_docusign_connect.api.pagination import TimeCursorPagination
from django_docusign_connect.api.permissions import HasRequiredPermission
from django_docusign_connect.api.stream import EnvelopeStream
from django_docusign_connect.downloads import download_body, download_document
from django_docusign_connect.models import ConnectMessage, Envelope

HEX = "[0-9a-fA-F]"
UUID_PATTERN = f"{HEX}{{8}}-(?:{HEX}{{4}}-){{3}}{HEX}{{12}}"
#: A sender chooses a document's ID, and may put a slash in it.
DOCUMENT_PATH = r"documents/(?P<document_id>[\s\S]+)"

#: Answers with 304 if the client has the page as it is.
page_with_etag = method_decorator(
    [conditional_page, cache_control(private=True, no_cache=True)]
)


class ConnectViewSet(ReadOnlyModelViewSet[Any]):
    """What the views share; none of it is left to the project's defaults.

    Only how users authenticate, how often they may ask and how answers are rendered
    follow its ``REST_FRAMEWORK``.
    """

    permission_classes = [HasRequiredPermission]
    filter_backends = [ParameterFilters]
    pagination_class = TimeCursorPagination
    required_permission = ""
    orderings: tuple[str, ...] = ()
    detail_serializer_class: Any = None
    lookup_value_regex = "[^/]+"
    #: What else is looked up is not found: answered as the rest is, not by a page.
    lookup_pattern = ""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        value = kwargs.get(self.lookup_field)
        if value is not None and not re.fullmatch(self.lookup_pattern, str(value)):
            raise NotFound

    @page_with_etag
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().list(request, *args, **kwargs)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    def get_serializer_class(self) -> Any:
        if self.action == "retrieve":
            return self.detail_serializer_class
        return super().get_serializer_class()


class EnvelopeViewSet(EnvelopeStream, ConnectViewSet):
    """Envelopes, as last known, with their timelines and documents."""

    queryset = Envelope.objects.select_related("target_type").defer("stamps")
    serializer_class = serializers.EnvelopeSerializer
    detail_serializer_class = serializers.EnvelopeDetailSerializer
    filterset_class = EnvelopeFilters
    required_permission = "docusign_connect.view_envelope"
    lookup_field = "envelope_id"
    lookup_pattern = UUID_PATTERN
    orderings = (
        "-changed_at",
        "changed_at",
        "-created_at",
        "created_at",
        "-status_changed_at",
        "status_changed_at",
    )

    def get_queryset(self) -> QuerySet[Envelope]:
        rows = super().get_queryset()
        if self.action == "retrieve":
            return rows.prefetch_related("recipients", "documents")
        return rows

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """Give one envelope; 304, for one query, if the client has it as it is."""
        etag = self.get_etag()
        response = get_conditional_response(request, etag=etag)
        response = response or super().retrieve(request, *args, **kwargs)
        response.headers["ETag"] = etag
        patch_cache_control(response, private=True, no_cache=True)
        return response

    def get_etag(self) -> str:
        """Return a tag that changes with all that is told of the envelope."""
        envelopes: Any = self.get_queryset()
        rows = envelopes.filter(envelope_id=self.kwargs["envelope_id"])
        for version in rows.versions().values():
            return f'W/"{version}"'
        raise NotFound

    @action(
        detail=True,
        serializer_class=serializers.EventSerializer,
        orderings=("occurred_at",),
    )
    @page_with_etag
    def events(self, request: Request, **kwargs: Any) -> Response:
        """Give the envelope's timeline, in pages."""
        events = self.get_object().events.select_related("recipient")
        page = self.paginate_queryset(events)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @action(
        detail=True,
        url_path=DOCUMENT_PATH,
        url_name="document",
        required_permission="docusign_connect.download_envelopedocument",
        content_negotiation_class=OneForm,
    )
    def document(
        self, request: Request, *, document_id: str, **kwargs: Any
    ) -> FileResponse:
        """Give the file of a document."""
        documents = self.get_object().documents.all()
        if "\0" in document_id:
            raise NotFound
        document = get_object_or_404(documents, document_id=document_id)
        try:
            return download_document(document)
        except FileNotFoundError as error:
            raise NotFound from error


class MessageViewSet(ConnectViewSet):
    """The messages as they came, for staff; their bodies by a URL of their own."""

    queryset = ConnectMessage.objects.defer("inline_body", "traceback")
    serializer_class = serializers.MessageSerializer
    detail_serializer_class = serializers.MessageDetailSerializer
    filterset_class = MessageFilters
    permission_classes = [IsAdminUser, HasRequiredPermission]
    required_permission = "docusign_connect.view_connectmessage"
    lookup_pattern = "[0-9]+"
    orderings = ("-received_at", "received_at")

    @action(
        detail=True,
        required_permission="docusign_connect.view_connectmessage_body",
        content_negotiation_class=OneForm,
    )
    def body(self, request: Request, **kwargs: Any) -> FileResponse:
        """Give the bytes of a message as they came."""
        try:
            return download_body(self.get_object())
        except FileNotFoundError as error:
            raise NotFound from error
