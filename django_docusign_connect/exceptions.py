"""What can be wrong, as exceptions; each one's default message is its docstring."""

from __future__ import annotations

import inspect


class ConnectError(Exception):
    """Something is wrong with a DocuSign Connect message or its processing."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or inspect.getdoc(type(self)))


class NotAuthentic(ConnectError):
    """The request does not prove that it comes from DocuSign."""


class InvalidSignature(NotAuthentic):
    """No Connect signature matches a configured HMAC key."""


class BodyTooLarge(ConnectError):
    """The body is larger than MAX_BODY_BYTES."""


class UnreadableMessage(ConnectError):
    """The body is none of the formats that Connect sends."""


class LostClaim(ConnectError):
    """Another worker holds the message, or it is no longer due."""


class ReceiversFailed(ConnectError):
    """Some receivers failed; each one's error is on its receiver run."""
