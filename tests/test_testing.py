"""What host projects use in their own tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from django_docusign_connect.models import Envelope
from django_docusign_connect.testing import FakeConnect

pytestmark = pytest.mark.django_db


def test_story_is_played_and_tracked(docusign_connect: FakeConnect) -> None:
    envelope_id = docusign_connect.play("signed-by-two")
    envelope = Envelope.objects.get(envelope_id=envelope_id)
    assert envelope.status == "completed"


@pytest.mark.parametrize("format_name", ["sim", "aggregate", "xml", "soap"])
def test_every_format_is_played(
    docusign_connect: FakeConnect, format_name: str
) -> None:
    envelope_id = docusign_connect.play("declined", seed=7, format_name=format_name)
    assert Envelope.objects.get(envelope_id=envelope_id).status == "declined"


def test_messages_are_signed_with_the_listeners_own_key(
    configure: Callable[..., None],
) -> None:
    configure(LISTENERS={"sandbox": {"HMAC_KEYS": ["sandbox-key"]}})
    assert FakeConnect("sandbox").post(b"{}").status_code == 200


def test_refusal_is_an_assertion_error(
    docusign_connect: FakeConnect, configure: Callable[..., None]
) -> None:
    configure(MAX_BODY_BYTES=10)
    with pytest.raises(AssertionError, match="answered 413"):
        docusign_connect.play("voided")
