"""For the tests of host projects: DocuSign Connect, played through Django's client.

With pytest, name this module as a plugin in your ``conftest.py`` and use its fixture::

    pytest_plugins = ["django_docusign_connect.testing"]

    def test_loan_starts_when_signed(db, docusign_connect):
        envelope_id = docusign_connect.play("signed-by-two")
        assert Loan.objects.get(envelope=envelope_id).signed_at

With unittest, make a :class:`FakeConnect` yourself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from django_docusign_connect.authentication.signatures import sign
from django_docusign_connect.conf import DEFAULT_LISTENER, get_settings
from django_docusign_connect.simulator import tell, write_messages

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response


class FakeConnect:
    """Posts messages as DocuSign Connect does, to a listener of the project.

    They are signed with the first of the listener's keys. No network is used.
    """

    def __init__(self, listener: str = DEFAULT_LISTENER) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.listener = listener

    def post(
        self,
        body: bytes,
        *,
        content_type: str = "application/json; charset=utf-8",
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Post a message, signed, and return the listener's answer."""
        key = get_settings().for_listener(self.listener).hmac_keys[0]
        arguments = () if self.listener == DEFAULT_LISTENER else (self.listener,)
        return self.client.post(
            reverse("docusign_connect:webhook", args=arguments),
            body,
            content_type=content_type,
            headers={"X-DocuSign-Signature-1": sign(body, key).decode()}
            | dict(headers or {}),
        )

    def play(self, scenario: str, *, seed: int = 1, format_name: str = "sim") -> UUID:
        """Post all messages of a scenario; return the envelope's ID.

        Scenarios and formats are those of ``docusign_simulate``. The same seed makes
        the same envelope, at the same times. AssertionError if one of them is not
        answered with 200.
        """
        moments = list(tell(scenario, seed=seed))
        for message in write_messages(moments, format_name):
            content_type = message.headers["Content-Type"]
            answer = self.post(message.body(), content_type=content_type)
            if answer.status_code != 200:
                raise AssertionError(f"The listener answered {answer.status_code}.")
        return UUID(moments[0].envelope.envelope_id)


@pytest.fixture
def docusign_connect() -> FakeConnect:
    """DocuSign Connect, for the project's default listener."""
    return FakeConnect()
