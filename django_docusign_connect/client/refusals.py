"""What DocuSign means by an answer that is no success."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timezone
from http import HTTPStatus

from django_docusign_connect.client.failures import (
    AnswerUnreadable,
    ApiFailure,
    ConsentMissing,
    CredentialsRefused,
    EnvelopeUnknown,
    NoAccess,
    TooManyRequests,
    Unavailable,
)

CODE = re.compile(r"[A-Za-z_]{1,60}")
MOMENT = re.compile(r"[0-9]{1,11}")
CONSENT_MISSING = "consent_required"
LIMIT_REACHED = "LIMIT_EXCEEDED"
ENVELOPE_UNKNOWN = "ENVELOPE_DOES_NOT_EXIST"
NO_ACCESS = (
    "ACCOUNT_LACKS_PERMISSIONS",
    "USER_DOES_NOT_BELONG_TO_SPECIFIED_ACCOUNT",
    "USER_LACKS_MEMBERSHIP",
    "USER_LACKS_PERMISSIONS",
)
#: By the start of DocuSign's word for it, which it gives with various statuses.
BY_CODE: Mapping[str, type[ApiFailure]] = {
    "invalid_": CredentialsRefused,
    "unauthorized_client": CredentialsRefused,
    **dict.fromkeys(NO_ACCESS, NoAccess),
    ENVELOPE_UNKNOWN: EnvelopeUnknown,
}
BY_STATUS: Mapping[int, type[ApiFailure]] = {
    HTTPStatus.UNAUTHORIZED: CredentialsRefused,
    HTTPStatus.FORBIDDEN: NoAccess,
    HTTPStatus.NOT_FOUND: EnvelopeUnknown,
}


def refusal(
    status: int, headers: Mapping[str, str], body: bytes, *, consent_url: str
) -> ApiFailure:
    """Return what an answer means that is no success."""
    code = _code(body)
    if code == CONSENT_MISSING:
        return ConsentMissing(code, url=consent_url)
    if status == HTTPStatus.TOO_MANY_REQUESTS or code.upper().endswith(LIMIT_REACHED):
        return TooManyRequests(code, again_at=_moment(headers))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Unavailable(code or str(status))
    for known, failure in BY_CODE.items():
        if code.startswith(known):
            return failure(_description(body) or code)
    return BY_STATUS.get(status, AnswerUnreadable)(code or str(status))


def _code(body: bytes) -> str:
    """Return DocuSign's word for what is wrong; empty if it is no word."""
    answer = _object(body)
    return _word(answer.get("errorCode") or answer.get("error"))


def _description(body: bytes) -> str:
    """Return which grant is invalid and why, of which ``error`` says no more."""
    return _word(_object(body).get("error_description"))


def _word(text: object) -> str:
    return text if isinstance(text, str) and CODE.fullmatch(text) else ""


def _object(body: bytes) -> Mapping[str, object]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _moment(headers: Mapping[str, str]) -> datetime | None:
    """Return when the limit is lifted, in seconds since 1970 as DocuSign says it."""
    text = headers.get("X-RateLimit-Reset", "")
    is_moment = MOMENT.fullmatch(text) is not None
    return datetime.fromtimestamp(int(text), tz=timezone.utc) if is_moment else None
