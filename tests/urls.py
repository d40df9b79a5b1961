"""The URLs of the test suite's host project."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("docusign/", include("django_docusign_connect.urls")),
    path("api/docusign/", include("django_docusign_connect.api.urls")),
    path("admin/", admin.site.urls),
]
