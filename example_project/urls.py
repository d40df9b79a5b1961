from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("example_project.leases.urls")),
    path("admin/", admin.site.urls),
    path("docusign/", include("django_docusign_connect.urls")),
    path("api/docusign/", include("django_docusign_connect.api.urls")),
]
