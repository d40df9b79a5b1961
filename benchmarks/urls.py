"""The webhook, where a host includes it, and what stands beside it."""

from __future__ import annotations

from django.apps import apps
from django.contrib import admin
from django.urls import include, path

from benchmarks import floors

urlpatterns = [
    path("docusign/", include("django_docusign_connect.urls")),
    path("api/docusign/", include("django_docusign_connect.api.urls")),
    path("admin/", admin.site.urls),
    path("floor-0/", floors.floor_0),
    path("floor-1/", floors.floor_1),
    path("floor-2/", floors.floor_2),
]

if apps.is_installed("djstripe"):
    stripe = include("djstripe.urls", namespace="djstripe")
    urlpatterns.append(path("stripe/", stripe))
