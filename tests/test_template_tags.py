from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import AnonymousUser, Permission, User
from django.db import connection
from django.template import Context, Template
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from django_docusign_connect.models import Envelope
from tests.api_client import signers, tell
from tests.bodies import sim

pytestmark = pytest.mark.django_db
Post = Callable[..., Any]
STATUS = "{% envelope_status envelope %}"
TIMELINE = "{% envelope_timeline envelope %}"
URL = f"/api/docusign/envelopes/{UUID(int=1)}/stream/"


def render(source: str, **context: Any) -> str:
    if "envelope" not in context:
        context["envelope"] = Envelope.objects.get()
    return Template("{% load docusign_connect %}" + source).render(Context(context))


def request_of(*permissions: str) -> Any:
    request: Any = RequestFactory().get("/")
    request.user = User.objects.create(username="somebody")
    request.user.user_permissions.set(
        Permission.objects.filter(codename__in=permissions)
    )
    return request


@pytest.fixture
def in_berlin() -> Iterator[None]:
    with timezone.override("Europe/Berlin"):
        yield


def test_badge_says_the_status_in_words_and_since_when(
    post: Post, in_berlin: None
) -> None:
    tell(post, status="delivered", statusChangedDateTime="2024-07-01T12:00:00Z")
    badge = render(STATUS)
    assert ">Opened</span>" in badge
    assert 'role="status"' in badge
    assert ">July 1, 2024, 2 p.m.</time>" in badge
    assert 'datetime="2024-07-01T12:00:00Z"' in badge


def test_badge_of_an_envelope_that_is_awaited_has_no_time() -> None:
    Envelope.objects.track(UUID(int=1))
    badge = render(STATUS)
    assert ">Awaited</span>" in badge
    assert "<time" in badge
    assert "datetime" not in badge


def test_badge_speaks_the_language_of_the_reader(post: Post) -> None:
    tell(post, statusChangedDateTime="2024-07-01T12:00:00Z")
    with translation.override("de"):
        assert "Juli 2024" in render(STATUS)


def test_timeline_names_who_did_what_the_latest_first(post: Post) -> None:
    tell(post, recipients=signers("anna@example.com"))
    signed = sim(
        "recipient-completed",
        envelopeId=str(UUID(int=1)),
        recipientId="1",
        generated="2022-09-23T00:00:00Z",
    )
    post(signed)
    timeline = render(TIMELINE)
    assert timeline.index("Signer 1 signed") < timeline.index("Envelope sent")
    assert "anna@example.com" not in timeline
    assert 'role="log"' in timeline


def test_event_that_is_not_known_is_shown_as_docusign_calls_it(post: Post) -> None:
    tell(post)
    post(sim("envelope-turned-over", envelopeId=str(UUID(int=1))))
    assert "Envelope turned over" in render(TIMELINE)


def test_timeline_costs_one_query_and_a_badge_none(post: Post) -> None:
    tell(post, recipients=signers(*["anna@example.com"] * 9))
    for number in range(1, 10):
        recipient = str(number)
        envelope_id = str(UUID(int=1))
        post(sim("recipient-sent", envelopeId=envelope_id, recipientId=recipient))
    envelope = Envelope.objects.get()
    with CaptureQueriesContext(connection) as queries:
        render(STATUS, envelope=envelope)
        assert len(queries) == 0
        render(TIMELINE, envelope=envelope)
        assert len(queries) == 1


def test_what_a_sender_writes_is_escaped(post: Post) -> None:
    tell(post, recipients={"signers": [{"recipientId": "1", "name": "<script>"}]})
    post(sim("recipient-sent", envelopeId=str(UUID(int=1)), recipientId="1"))
    timeline = render(TIMELINE)
    assert "&lt;script&gt; was asked to sign" in timeline
    assert "<script" not in timeline


@pytest.mark.parametrize("missing", [None, ""])
@pytest.mark.parametrize("tag", [STATUS, TIMELINE])
def test_object_without_an_envelope_yet_shows_nothing(tag: str, missing: Any) -> None:
    request = request_of("view_envelope")
    assert not render(tag, envelope=missing, request=request).strip()


@pytest.mark.parametrize("tag", [STATUS, TIMELINE])
def test_api_is_named_to_those_whom_it_lets_in(post: Post, tag: str) -> None:
    tell(post)
    shown = render(tag, request=request_of("view_envelope"))
    assert f'data-docusign-live="{URL}"' in shown
    assert f'data-docusign-version="{Envelope.objects.get().version}"' in shown


@pytest.mark.parametrize("tag", [STATUS, TIMELINE])
def test_others_get_what_is_on_the_page_and_nothing_live(post: Post, tag: str) -> None:
    tell(post)
    anonymous: Any = RequestFactory().get("/")
    anonymous.user = AnonymousUser()
    for context in ({}, {"request": request_of()}, {"request": anonymous}):
        assert "data-docusign-live" not in render(tag, **context)


@pytest.mark.parametrize("tag", ["envelope_status", "envelope_timeline"])
def test_view_of_the_project_is_asked_instead_of_the_api(post: Post, tag: str) -> None:
    tell(post)
    shown = render(f"{{% {tag} envelope url=mine %}}", mine='/mine/?"><script>')
    assert 'data-docusign-live="/mine/?&quot;&gt;&lt;script&gt;"' in shown


def test_page_without_the_api_shows_a_badge_that_stays(
    post: Post, settings: Any
) -> None:
    tell(post)
    settings.ROOT_URLCONF = "django_docusign_connect.urls"
    badge = render(STATUS, request=request_of("view_envelope"))
    assert ">Sent</span>" in badge
    assert "data-docusign-live" not in badge


def test_filters_say_statuses_and_names_in_words(post: Post) -> None:
    tell(post, recipients={"signers": [{"recipientId": "7"}]})
    recipient = Envelope.objects.get().recipients.get()
    words = "{{ 'delivered'|status_words }}, {{ recipient|recipient_words }}"
    assert render(words, recipient=recipient) == "Opened, Recipient 7"
