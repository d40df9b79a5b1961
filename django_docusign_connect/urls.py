"""Include these under a path of the project's, such as ``docusign/``."""

from __future__ import annotations

from django.urls import URLPattern, path

from django_docusign_connect.views import ConnectWebhookView, HealthView

# Without the extra ``metrics`` there is no such page.
try:
    from django_docusign_connect.metrics import MetricsView
except ModuleNotFoundError:
    metrics: list[URLPattern] = []
else:
    metrics = [path("metrics/", MetricsView.as_view(), name="metrics")]

app_name = "docusign_connect"
urlpatterns = [
    path("connect/", ConnectWebhookView.as_view(), name="webhook"),
    path("connect/<slug:listener>/", ConnectWebhookView.as_view(), name="webhook"),
    path("health/", HealthView.as_view(), name="health"),
    *metrics,
]
