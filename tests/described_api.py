"""URLs of a project that narrows the read API and describes a part of it itself."""

from __future__ import annotations

from typing import Any

from django.urls import include, path
from drf_spectacular.utils import extend_schema
from rest_framework.routers import SimpleRouter

from django_docusign_connect.api.views import EnvelopeViewSet


class OurEnvelopeViewSet(EnvelopeViewSet):
    @extend_schema(description="Those of ours.")
    def list(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return super().list(request, *args, **kwargs)


router = SimpleRouter()
router.register("envelopes", OurEnvelopeViewSet, basename="envelope")

urlpatterns = [path("v1/", include((router.urls, "v1")))]
