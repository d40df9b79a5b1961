"""Why DocuSign's API did not tell what it was asked; no secret is in any of them."""

from __future__ import annotations

from datetime import datetime

from django_docusign_connect.exceptions import ConnectError


class ApiFailure(ConnectError):
    """DocuSign's API did not tell what it was asked."""

    def __init__(self, code: str = "") -> None:
        super().__init__()
        #: DocuSign's own word for it, such as ``user_not_found``; it may have none.
        self.code = code


class NotSetUp(ApiFailure):
    """No listener that accepts the envelope's account has all of the option API."""


class ExtraMissing(ApiFailure):
    """The extra "api" is not installed."""


class KeyUnusable(ApiFailure):
    """The option PRIVATE_KEY is not an RSA key in PEM, without a passphrase."""


class ConsentMissing(ApiFailure):
    """The user has not allowed the integration key to act for it."""

    def __init__(self, code: str = "", *, url: str = "") -> None:
        super().__init__(code)
        self.url = url


class CredentialsRefused(ApiFailure):
    """DocuSign does not accept the integration key, the user ID or the RSA key."""


class NoAccess(ApiFailure):
    """The user has no access to the account, or not to this envelope."""


class EnvelopeUnknown(ApiFailure):
    """DocuSign knows no such envelope in the account."""


class TooManyRequests(ApiFailure):
    """DocuSign's limit of requests is reached."""

    def __init__(self, code: str = "", *, again_at: datetime | None = None) -> None:
        super().__init__(code)
        #: When there may be more of them; None: DocuSign did not say.
        self.again_at = again_at


class AskedLately(TooManyRequests):
    """The envelope's state was asked for less than 15 minutes ago."""


class AskedNow(ApiFailure):
    """Somebody else is asking for the envelope's state at this moment."""


class TookTooLong(ApiFailure):
    """DocuSign did not answer in time."""


class Unreachable(ApiFailure):
    """No connection to DocuSign could be made, or it broke."""


class Unavailable(ApiFailure):
    """DocuSign answered that something is wrong on its side."""


class AnswerTooLarge(ApiFailure):
    """DocuSign's answer is larger than MAX_BODY_BYTES."""


class AnswerUnreadable(ApiFailure):
    """DocuSign's answer is none that this app can read."""
