"""How a message was verified, in words, from what was kept of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.utils.translation import gettext

from django_docusign_connect.authentication.signatures import fingerprint
from django_docusign_connect.conf import get_settings
from django_docusign_connect.models import ConnectMessage


@dataclass(frozen=True, kw_only=True)
class Verification:
    """What can be said of a message's signature and of its body as it is kept.

    ``place``: which of the listener's keys it was, counted from 1; 0: of none of them.
    ``is_intact``: whether the body is the one that came; None: that was not looked at.
    """

    key: str
    source: str
    place: int
    keys: int
    is_intact: bool | None = None

    @property
    def method(self) -> str:
        if self.source == "api":
            return gettext(
                "It is what DocuSign's API answered over TLS when a person asked it."
            )
        if not self.key:
            return gettext("No key is recorded: no signature was verified.")
        return gettext(
            "By its HMAC signature, made over the body with the Connect key whose "
            "fingerprint is %(key)s."
        ) % {"key": self.key}

    @property
    def standing_of_key(self) -> str:
        """Say whether the key is still in use, and which one it is."""
        if not self.key:
            return ""
        if not self.place:
            return gettext("That key is not in the listener's HMAC_KEYS any more.")
        return gettext(
            "That is key %(place)d of %(keys)d in the listener's HMAC_KEYS."
        ) % {"place": self.place, "keys": self.keys}


def describe(message: ConnectMessage, body: bytes | None) -> Verification:
    """Return how a message was verified; the body is None if it is not looked at."""
    keys = _fingerprints(message.listener)
    key = message.key_fingerprint
    return Verification(
        key=key,
        source=message.source,
        place=keys.index(key) + 1 if key in keys else 0,
        keys=len(keys),
        is_intact=None if body is None else is_intact(message, body),
    )


def is_intact(message: ConnectMessage, body: bytes) -> bool:
    return hashlib.sha256(body).hexdigest() == message.digest


def _fingerprints(listener: str) -> list[str]:
    try:
        keys = get_settings().for_listener(listener).hmac_keys
    except KeyError:
        return []
    return [fingerprint(key) for key in keys]
