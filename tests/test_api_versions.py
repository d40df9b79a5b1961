"""Each of REST framework's ways to version the read API by path."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import include, path, reverse
from rest_framework.routers import SimpleRouter
from rest_framework.versioning import NamespaceVersioning, URLPathVersioning

from django_docusign_connect.api.views import EnvelopeViewSet
from tests.api_client import client, tell

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
Post = Callable[..., Any]


class NamesThemByPath(URLPathVersioning):
    allowed_versions = ("v1", "v2")


class NamesThemByNamespace(NamespaceVersioning):
    allowed_versions = ("v1", "v2")


def routed(versioning: Any) -> Any:
    """Return the URLs of a view as a project's versioning has it."""
    view = type("View", (EnvelopeViewSet,), {"versioning_class": versioning})
    router = SimpleRouter()
    router.register("envelopes", view, basename="envelope")
    return router.urls


OURS = "django_docusign_connect.api.urls"
urlpatterns = [
    path("docusign/", include("django_docusign_connect.urls")),
    path("plain/", include(OURS)),
    path("plain/v1/", include(OURS, namespace="plain-v1")),
    path("path/<version>/", include((routed(NamesThemByPath), "by_path"))),
    path("namespace/v1/", include((routed(NamesThemByNamespace), "v1"))),
]


@pytest.mark.parametrize("prefix", ["plain", "plain/v1", "path/v2", "namespace/v1"])
def test_links_stay_in_the_version_that_was_asked(post: Post, prefix: str) -> None:
    document = {"documentId": "1", "name": "Lease", "PDFBytes": "JVBERi0xLjc="}
    for number in (1, 2):
        envelope_id = tell(post, number, envelopeDocuments=[document])
    api = client("view_envelope", "download_envelopedocument")
    page = api.get(f"/{prefix}/envelopes/?page_size=1").json()
    assert page["next"].startswith(f"http://testserver/{prefix}/envelopes/?cursor=")
    assert api.get(page["next"]).status_code == 200
    [shown] = api.get(f"/{prefix}/envelopes/{envelope_id}/").json()["documents"]
    assert shown["url"].startswith(f"http://testserver/{prefix}/envelopes/")
    assert api.get(shown["url"]).status_code == 200


def test_unknown_version_is_not_found() -> None:
    assert client("view_envelope").get("/path/v3/envelopes/").status_code == 404


def test_urls_are_reversed_by_the_namespace_of_their_version() -> None:
    assert reverse("docusign_connect_api:envelope-list") == "/plain/envelopes/"
    assert reverse("plain-v1:envelope-list") == "/plain/v1/envelopes/"
    path = reverse("by_path:envelope-list", kwargs={"version": "v2"})
    assert path == "/path/v2/envelopes/"
