from __future__ import annotations

from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView

API = "django_docusign_connect.api.urls"

urlpatterns = [
    path("favicon.ico", RedirectView.as_view(url=static("leases/icon.svg"))),
    path("", include("example_project.leases.urls")),
    path("admin/", admin.site.urls),
    path("docusign/", include("django_docusign_connect.urls")),
    path("api/docusign/", include(API)),
    path("api/docusign/v1/", include(API, namespace="v1")),
    path("api/docusign/v1/schema/", SpectacularAPIView.as_view(), name="schema"),
]
