"""The webhook, where a host includes it."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("docusign/", include("django_docusign_connect.urls"))]
