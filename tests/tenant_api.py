"""The read API as a project with tenants would narrow and route it; in the docs too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import include, path
from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import ReadOnlyModelViewSet

from django_docusign_connect.api.views import EnvelopeViewSet, MessageViewSet

if TYPE_CHECKING:
    AnyViewSet = ReadOnlyModelViewSet[Any]
else:
    AnyViewSet = object


# docs: start
class OfTheTenant(AnyViewSet):
    """Narrows a view to the accounts that the user's groups are named after."""

    def get_queryset(self) -> Any:
        accounts = self.request.user.groups.values_list("name", flat=True)
        return super().get_queryset().filter(account_id__in=list(accounts))


class TenantEnvelopeViewSet(OfTheTenant, EnvelopeViewSet):
    """Envelopes, and what is told of each, of the user's accounts."""


class TenantMessageViewSet(OfTheTenant, MessageViewSet):
    """Messages of the user's accounts."""


router = SimpleRouter()
router.register("envelopes", TenantEnvelopeViewSet, basename="envelope")
router.register("messages", TenantMessageViewSet, basename="message")

urlpatterns = [
    path("docusign/", include("django_docusign_connect.urls")),
    path("api/docusign/", include(router.urls)),
]
# docs: end
