"""Whatever is posted is kept and cheap, and its outcome can be read."""

from __future__ import annotations

import json
import time
import tracemalloc
from contextlib import suppress
from io import BytesIO

import pytest
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from django_docusign_connect.authentication.signatures import sign
from django_docusign_connect.exceptions import UnreadableMessage
from django_docusign_connect.messages import identify, parse
from django_docusign_connect.models import ConnectMessage

from . import hostile
from .bodies import sample, sim, xml

APPLICATION = WSGIHandler()
CPU_SECONDS = 2.0
MEMORY_FACTOR = 8
REAL_BODIES = (
    sim("recipient-completed", recipientId="1"),
    sample("json/envelope_completed_full.json"),
    sample("xml/official_aws_completed.xml"),
    xml("<Sent>2014-09-16T03:46:52</Sent>"),
)


def keep(body: bytes) -> ConnectMessage:
    """Post the body; check that it is kept as it came and has a clear outcome."""
    assert post(body) == 200
    message = ConnectMessage.objects.latest("pk")
    assert message.body == body
    if message.status != ConnectMessage.Status.PROCESSED:
        assert message.status == ConnectMessage.Status.FAILED
        assert message.error.startswith("UnreadableMessage: The ")
        assert len(message.error) < 500
    return message


def post(body: bytes) -> int:
    """Post the body as a server does, without a copy of it; return the status."""
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/docusign/connect/",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_X_DOCUSIGN_SIGNATURE_1": sign(body, "test-key").decode(),
        "wsgi.input": BytesIO(body),
        "wsgi.url_scheme": "http",
    }
    return APPLICATION.get_response(WSGIRequest(environ)).status_code


@pytest.mark.django_db
@pytest.mark.parametrize("body", hostile.ODD_BODIES.values(), ids=hostile.ODD_BODIES)
def test_odd_body_is_kept_with_a_clear_outcome(body: bytes) -> None:
    keep(body)


@pytest.mark.django_db
@pytest.mark.parametrize("name", hostile.BOMBS)
def test_bomb_costs_little_time_and_memory(name: str) -> None:
    body = hostile.BOMBS[name]()
    began = time.process_time()
    keep(body)
    assert time.process_time() - began < CPU_SECONDS
    ConnectMessage.objects.all().delete()
    tracemalloc.start()
    post(body)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < MEMORY_FACTOR * max(len(body), hostile.BOMB_BYTES)


def test_real_values_may_be_of_any_type() -> None:
    message = hostile.schema()
    recipients = message["data"]["envelopeSummary"]["recipients"]
    for signer in recipients["signers"]:
        signer["tabs"] = {"textTabs": signer["tabs"]["textTabs"]}
    every = list(hostile.paths(message))
    assert len(every) > 1000
    for number, path in enumerate(every):
        odd = hostile.ODD_VALUES[number % len(hostile.ODD_VALUES)]
        body = hostile.replaced(message, path, odd)
        with suppress(UnreadableMessage):
            parse(body)


@pytest.mark.django_db
@pytest.mark.parametrize("odd", hostile.ODD_VALUES)
def test_odd_value_that_is_stored_is_no_failure(odd: str) -> None:
    message = json.loads(sample("json/envelope_completed_full.json"))
    number = hostile.ODD_VALUES.index(odd)
    for path in list(hostile.paths(message))[number :: len(hostile.ODD_VALUES) // 4]:
        keep(hostile.replaced(message, path, odd))


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Draw a real body in which some bytes are others, many times or missing."""
    body = draw(st.sampled_from(REAL_BODIES))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(body)))
        end = start + draw(st.integers(0, 20))
        piece = draw(st.binary(max_size=8) | st.just(body[start:end]))
        body = body[:start] + piece * draw(st.integers(0, 3)) + body[end:]
    return body


@pytest.mark.django_db
@given(body=damaged())
@hypothesis_settings(max_examples=150)
def test_damaged_body_is_kept_with_a_clear_outcome(body: bytes) -> None:
    ConnectMessage.objects.all().delete()
    keep(body)


@given(body=damaged() | st.binary())
@hypothesis_settings(max_examples=500)
def test_damaged_body_is_read_or_unreadable(body: bytes) -> None:
    _, reading = identify(body)
    with suppress(UnreadableMessage):
        message = parse(body)
        assert reading is not None
        assert message.header == reading.header
