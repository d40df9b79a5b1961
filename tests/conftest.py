"""What the tests share: signed posts to the webhook, settings, receivers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.dispatch import Signal
from django.test import Client
from hypothesis import settings as hypothesis_settings

from django_docusign_connect.authentication.signatures import sign

pytest_plugins = ["django_docusign_connect.testing"]

KEY = "test-key"

# A busy machine is no failure.
hypothesis_settings.register_profile("tests", deadline=None)
hypothesis_settings.load_profile("tests")


@pytest.fixture
def post() -> Callable[..., Any]:
    """Post bytes to the webhook, signed; ``headers`` are added to the signature."""
    client = Client(enforce_csrf_checks=True)

    def post(
        body: bytes,
        *,
        key: str = KEY,
        listener: str = "",
        content_type: str = "application/json; charset=utf-8",
        headers: dict[str, str] | None = None,
    ) -> Any:
        signature = {"X-DocuSign-Signature-1": sign(body, key).decode()}
        return client.post(
            f"/docusign/connect/{listener}",
            body,
            content_type=content_type,
            headers=signature | (headers or {}),
        )

    return post


@pytest.fixture
def configure(settings: Any) -> Callable[..., None]:
    """Set ``DOCUSIGN_CONNECT``, with the key that ``post`` signs with."""

    def configure(**options: Any) -> None:
        settings.DOCUSIGN_CONNECT = {"HMAC_KEYS": [KEY], **options}

    return configure


@pytest.fixture
def connect() -> Iterator[Callable[[Signal, Callable[..., Any]], None]]:
    """Connect receivers to signals, until the test is over."""
    connected: list[tuple[Signal, Callable[..., Any]]] = []

    def connect(signal: Signal, receiver: Callable[..., Any]) -> None:
        signal.connect(receiver, weak=False)
        connected.append((signal, receiver))

    yield connect
    for signal, receiver in connected:
        signal.disconnect(receiver)


@pytest.fixture
def hear(
    connect: Callable[[Signal, Callable[..., Any]], None],
) -> Callable[[Signal], list[dict[str, Any]]]:
    """Listen to a signal; the list returned fills with what it is sent with."""

    def hear(signal: Signal) -> list[dict[str, Any]]:
        heard: list[dict[str, Any]] = []

        def listen(**arguments: Any) -> None:
            heard.append(arguments)

        connect(signal, listen)
        return heard

    return hear


@pytest.fixture(autouse=True)
def _no_refusals_counted() -> None:
    cache.clear()
