"""Include these under a path of the project's, such as ``api/docusign/``."""

from __future__ import annotations

from rest_framework.routers import SimpleRouter

from django_docusign_connect.api.views import EnvelopeViewSet, MessageViewSet

router = SimpleRouter()
router.register("envelopes", EnvelopeViewSet, basename="envelope")
router.register("messages", MessageViewSet, basename="message")

app_name = "docusign_connect_api"
urlpatterns = router.urls
