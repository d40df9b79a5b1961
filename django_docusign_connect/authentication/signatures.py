"""The HMAC signatures that DocuSign Connect puts on its messages.

Bytes and texts in, a verdict out: no models, no settings, no requests. The rules
are DocuSign's ("How to validate a webhook message using HMAC"): HMAC-SHA256 over
the raw body with the key's text as bytes, in base64; any one header is enough.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence

from django_docusign_connect.exceptions import InvalidSignature

HEADER_PREFIX = "x-docusign-signature-"
FINGERPRINT_LENGTH = 8
HEXADECIMAL_LENGTH = 2 * hashlib.sha256().digest_size
DIAGNOSED_BYTES = 1024 * 1024  # forged bodies may cost little, so large ones none


def sign(body: bytes, key: str) -> bytes:
    """Return the signature that Connect sends for a body."""
    return base64.b64encode(_digest(body, key))


def verify(body: bytes, headers: Mapping[str, str], *, keys: Sequence[str]) -> str:
    """Return the key that made one of the signatures, or raise InvalidSignature.

    Connect numbers its headers from 1, one for each key that it holds, and a key
    may be rotating on either side. With no keys nothing verifies.
    """
    # A header that comes twice is joined by commas, which base64 has none of.
    received = [
        part.strip().encode(errors="replace")
        for name, value in headers.items()
        if name.lower().startswith(HEADER_PREFIX)
        for part in value.split(",")
    ]
    keys = [key for key in keys if key]
    if not keys:
        raise InvalidSignature("no key configured")
    if not any(received):
        raise InvalidSignature('no signature header (is "Include HMAC Signature" on?)')
    for key in keys:
        expected = sign(body, key)
        if _is_among(expected, received):
            return key
    raise InvalidSignature(_diagnose(body, received, keys))


def fingerprint(key: str) -> str:
    """Return a short name for a key, by which nobody can find the key."""
    return hashlib.sha256(key.encode()).hexdigest()[:FINGERPRINT_LENGTH]


def _is_among(expected: bytes, received: Sequence[bytes]) -> bool:
    """Compare with all of them, in a time that tells nothing of their bytes."""
    equal = [hmac.compare_digest(expected, one) for one in received]
    return any(equal)


def _digest(body: bytes, key: str) -> bytes:
    return hmac.digest(key.encode(), body, "sha256")


def _diagnose(body: bytes, received: Sequence[bytes], keys: Sequence[str]) -> str:
    """Say, for staff, which common mistake would explain the signatures."""
    for key in keys if len(body) <= DIAGNOSED_BYTES else ():
        for mistake, expected in _mistaken(body, received, key):
            if _is_among(expected, received):
                return f"{mistake} (key {fingerprint(key)})"
    return "no signature matches a configured key"


def _mistaken(
    body: bytes, received: Sequence[bytes], key: str
) -> Iterator[tuple[str, bytes]]:
    """Yield what each mistake that can have been made here would have signed."""
    if any(len(one) == HEXADECIMAL_LENGTH for one in received):
        yield "matches in hexadecimal", _digest(body, key).hex().encode()
    yield 'matches with the key\'s final "=" restored', sign(body, key + "=")
    if key != key.strip():
        yield "matches without white space around the key", sign(body, key.strip())
    if body.endswith((b"\r", b"\n")):
        yield (
            "matches with a line break taken from the body's end",
            sign(body.rstrip(b"\r\n"), key),
        )
    yield (
        "matches an empty body (did something read the body first?)",
        sign(b"", key),
    )
    if decoded := _decode(key):
        digest = hmac.digest(decoded, body, "sha256")
        yield "matches with the key decoded from base64", base64.b64encode(digest)


def _decode(key: str) -> bytes:
    """Return the bytes that a key's text is the base64 of; empty if of none."""
    try:
        return base64.b64decode(key, validate=True)
    except ValueError:
        return b""
