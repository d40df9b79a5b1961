"""Is it DocuSign? Bytes and headers in, a verdict out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django_docusign_connect.authentication import signatures
from django_docusign_connect.conf import ConnectSettings
from django_docusign_connect.exceptions import NotAuthentic

__all__ = ["METHODS", "Credentials", "authenticate"]


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What a request shows for itself. Its headers may hold secrets."""

    body: bytes
    headers: Mapping[str, str]


def _hmac(credentials: Credentials, settings: ConnectSettings) -> str:
    key = signatures.verify(
        credentials.body, credentials.headers, keys=settings.hmac_keys
    )
    return signatures.fingerprint(key)


#: Each method raises NotAuthentic, or returns the fingerprint of the key, if any.
METHODS: dict[str, Callable[[Credentials, ConnectSettings], str]] = {"hmac": _hmac}


def authenticate(credentials: Credentials, settings: ConnectSettings) -> str:
    """Return the fingerprint of the key that signed; NotAuthentic if one method fails.

    Every method that ``AUTHENTICATION`` names must pass; with none, nothing does.
    """
    if not settings.AUTHENTICATION:
        raise NotAuthentic("no method of authentication configured")
    prints = [_method(name)(credentials, settings) for name in settings.AUTHENTICATION]
    return next(filter(None, prints), "")


def _method(name: str) -> Callable[[Credentials, ConnectSettings], str]:
    if name not in METHODS:
        raise NotAuthentic(f"unknown method of authentication {name!r} configured")
    return METHODS[name]
