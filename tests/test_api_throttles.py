"""Throttles are the project's; the read API keeps to them."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from http.client import HTTPResponse
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIRequestFactory, force_authenticate
from rest_framework.throttling import UserRateThrottle

from django_docusign_connect.api.views import EnvelopeViewSet
from tests.api_client import ENVELOPES, MESSAGES
from tests.serving import Server, serve

PASSWORD = "of the tests"
ONE = f"{ENVELOPES}{UUID(int=1)}/"
DAY = 24 * 60 * 60


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve a project that lets each user ask three times a day."""
    folder = tmp_path_factory.mktemp("throttled")
    with serve(
        "tests.throttled_settings", folder, DJANGO_SUPERUSER_PASSWORD=PASSWORD
    ) as server:
        yield server


def sign_up(server: Server, name: str) -> str:
    """Make a user who may see all; return how to authenticate as them."""
    email = f"--email={name}@example.com"
    server.manage("createsuperuser", "--no-input", f"--username={name}", email)
    return f"Basic {base64.b64encode(f'{name}:{PASSWORD}'.encode()).decode()}"


def ask(server: Server, path: str, login: str) -> HTTPResponse:
    with server.connect() as connection:
        connection.request("GET", path, headers={"Authorization": login})
        response = connection.getresponse()
        response.read()
        return response


@pytest.mark.parametrize("path", [ENVELOPES, ONE, f"{ONE}stream/", MESSAGES])
def test_throttle_of_the_project_answers_429_and_when_to_ask_again(
    server: Server, path: str
) -> None:
    login = sign_up(server, f"user-of-{path.strip('/').replace('/', '-')}")
    paths = [ENVELOPES, f"{ONE}events/", MESSAGES]
    assert [ask(server, each, login).status for each in paths] == [200, 404, 200]
    refused = ask(server, path, login)
    assert refused.status == 429
    assert refused.headers["Content-Type"] == "application/json"
    assert DAY - 600 < int(refused.headers["Retry-After"]) <= DAY


class OncePerDay(UserRateThrottle):
    rate = "1/day"


class ThrottledEnvelopeViewSet(EnvelopeViewSet):
    throttle_classes = [OncePerDay]


@pytest.mark.django_db
def test_throttle_of_one_view_is_kept_to() -> None:
    view: Any = ThrottledEnvelopeViewSet.as_view({"get": "list"})
    request = APIRequestFactory().get("/")
    force_authenticate(request, User.objects.create(username="a", is_superuser=True))
    first, second = view(request), view(request)
    assert (first.status_code, second.status_code) == (200, 429)
    assert 0 < int(second.headers["Retry-After"]) <= DAY
