"""The tests' URLs, a tenant's view of the API, and a page's own view of an envelope."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import include, path
from rest_framework.routers import SimpleRouter

from django_docusign_connect.api.views import EnvelopeViewSet
from django_docusign_connect.live import describe_status, live_response
from django_docusign_connect.models import Envelope
from tests.urls import urlpatterns as usual


class TenantEnvelopeViewSet(EnvelopeViewSet):
    def get_queryset(self) -> Any:
        user: Any = self.request.user
        return super().get_queryset().filter(account_id=user.first_name)


def my_envelope(request: HttpRequest) -> Envelope:
    # The server of the tests would remember content types that there are no more.
    return get_object_or_404(Envelope, target_id=request.user.pk)


def my_status(request: HttpRequest) -> HttpResponseBase:
    return live_response(request, my_envelope, describe=describe_status)


router = SimpleRouter()
router.register("envelopes", TenantEnvelopeViewSet, basename="envelope")

urlpatterns = [
    *usual,
    path("tenant/", include((router.urls, "tenant"))),
    path("mine/", my_status),
]
