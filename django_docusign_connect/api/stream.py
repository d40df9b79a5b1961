"""Envelopes of the read API as they change, for pages that stay open."""

from __future__ import annotations

from copy import copy
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.decorators import action
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.viewsets import ReadOnlyModelViewSet

from django_docusign_connect.api.negotiation import OneForm
from django_docusign_connect.live import describe_envelope, live_response
from django_docusign_connect.models import Envelope

if TYPE_CHECKING:
    AnyViewSet = ReadOnlyModelViewSet[Any]
else:
    AnyViewSet = object


class EnvelopeStream(AnyViewSet):
    """The part of the envelopes' view that tells one whenever it has changed.

    The view is sync, as REST framework's are: authentication, permissions, throttles
    and ``get_queryset`` are those of all its paths, and ``ATOMIC_REQUESTS`` does no
    harm. What it returns is read by the server's event loop.
    """

    detail_serializer_class: Any

    @action(detail=True, content_negotiation_class=OneForm)
    def stream(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Tell the envelope, and tell it again whenever it has changed."""
        return live_response(
            request._request,
            partial(self.get_envelope, first_request=request._request),
            describe=self.describe,
        )

    def get_envelope(
        self, request: HttpRequest, *, first_request: HttpRequest
    ) -> Envelope:
        """Return the envelope; a later request has all but throttles checked anew."""
        if request is first_request:
            found: Envelope = self.get_object()
            return found
        view = copy(self)
        try:
            view.request = view.initialize_request(request, *view.args, **view.kwargs)
            view.perform_authentication(view.request)
            view.check_permissions(view.request)
            return view.get_object()  # type: ignore[no-any-return]  # of any model
        except APIException as error:
            raise PermissionDenied from error

    def describe(self, envelope: Envelope) -> dict[str, Any]:
        """Return the envelope as its own path tells it, and what live pages show."""
        context = self.get_serializer_context()
        detail = self.detail_serializer_class(envelope, context=context).data
        return {**describe_envelope(envelope), **detail}
