"""The eSignature API, by DocuSign's own client of it; needs the extra ``api``."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from docusign_esign import EnvelopesApi
from docusign_esign.client.api_client import ApiClient
from docusign_esign.client.api_exception import ApiException
from urllib3 import BaseHTTPResponse, Timeout
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.exceptions import TimeoutError as NoAnswer

from django_docusign_connect.client.credentials import SCOPES, Credentials
from django_docusign_connect.client.failures import (
    AnswerTooLarge,
    AnswerUnreadable,
    CredentialsRefused,
    KeyUnusable,
    TookTooLong,
    Unreachable,
)
from django_docusign_connect.client.keys import is_rsa_key
from django_docusign_connect.client.refusals import refusal
from django_docusign_connect.client.sessions import MARGIN, Session, forget, keep

CONNECT_SECONDS = 5
ASSERTION_SECONDS = 600
PIECE_BYTES = 64 * 1024
#: Of what is no envelope: a token, the user's accounts, what is wrong.
SMALL_BYTES = 1024 * 1024
INCLUDED = "recipients,custom_fields,documents"
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came, by the names that DocuSign's client reads it by."""

    status: int
    reason: str | None
    data: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class EnvelopeAnswer:
    """An envelope's JSON as it came, and the account that it was asked of."""

    account_id: str
    body: bytes
    content_type: str


class BoundedClient(ApiClient):
    """DocuSign's client, but that it ends in time and reads no more than it may.

    The original knows no deadline, reads all that comes, tries and redirects on its
    own, and stumbles over the errors of today's urllib3 when it hands out raw bytes.
    """

    def __init__(
        self, credentials: Credentials, *, deadline: float, limit: int
    ) -> None:
        super().__init__(oauth_host_name=credentials.oauth_host)
        self.consent_url = credentials.consent_url
        self.deadline = deadline
        self.limit = limit

    def request(self, method: str, url: str, **options: Any) -> Answer:
        """Return a successful answer, within the deadline; else raise an ApiFailure."""
        is_raw = options.get("_preload_content") is False
        if query := options.get("query_params"):
            url = f"{url}?{urlencode(query)}"
        form = options.get("post_params")
        with self._open(
            method,
            url,
            headers=options.get("headers"),
            body=urlencode(form) if form else None,
        ) as response:
            is_success = 200 <= response.status < 300
            limit = self.limit if is_raw and is_success else SMALL_BYTES
            answer = Answer(
                status=response.status,
                reason=response.reason,
                data=self._read(response, limit),
                headers=response.headers,
            )
        if not is_success:
            raise refusal(
                answer.status,
                answer.headers,
                answer.data,
                consent_url=self.consent_url,
            )
        if not is_raw:
            _check_object(answer.data)
        return answer

    @contextmanager
    def _open(
        self, method: str, url: str, **options: Any
    ) -> Iterator[BaseHTTPResponse]:
        left = self._seconds_left()
        timeout = Timeout(connect=min(left, CONNECT_SECONDS), read=left)
        try:
            response = self.rest_client.pool_manager.request(
                method,
                url,
                timeout=timeout,
                retries=False,
                preload_content=False,
                **options,
            )
            try:
                yield response
            finally:
                response.close()
        except HTTPError as error:
            # A refused connection is a kind of time-out to urllib3 2.
            is_late = isinstance(error, NoAnswer) and not isinstance(
                error, NewConnectionError
            )
            raise (TookTooLong if is_late else Unreachable) from error

    def _read(self, response: BaseHTTPResponse, limit: int) -> bytes:
        data = bytearray()
        while piece := response.read1(PIECE_BYTES):
            data += piece
            if len(data) > limit:
                raise AnswerTooLarge
            self._seconds_left()
        return bytes(data)

    def _seconds_left(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TookTooLong
        return left


class EsignApi:
    """Asks on behalf of one listener; all of it together takes ``timeout`` at most."""

    def __init__(self, credentials: Credentials, *, timeout: float, limit: int) -> None:
        self.credentials = credentials
        self.client = BoundedClient(
            credentials, deadline=time.monotonic() + timeout, limit=limit
        )

    def get_envelope(self, account_id: str, envelope_id: str) -> EnvelopeAnswer:
        """Return an envelope's JSON; raises an ApiFailure, in which is no secret."""
        try:
            session, was_kept = keep(self.credentials, self._begin)
            try:
                return self._ask(session, account_id, envelope_id)
            except CredentialsRefused:
                forget(self.credentials, session)
                if not was_kept:
                    raise
            session, _ = keep(self.credentials, self._begin)
            return self._ask(session, account_id, envelope_id)
        finally:
            self.client.rest_client.pool_manager.clear()

    def _ask(
        self, session: Session, account_id: str, envelope_id: str
    ) -> EnvelopeAnswer:
        account_id, base_uri = session.account(account_id)
        self.client.host = f"{base_uri}/restapi"
        self.client.set_default_header("Authorization", f"Bearer {session.token}")
        answer: Answer = EnvelopesApi(self.client).get_envelope(
            account_id, envelope_id, include=INCLUDED, _preload_content=False
        )
        return EnvelopeAnswer(
            account_id=account_id,
            body=answer.data,
            content_type=answer.headers.get("Content-Type", ""),
        )

    def _begin(self) -> Session:
        """Get a token by the JWT grant, and where the user's accounts are."""
        own = self.credentials
        if not is_rsa_key(own.private_key):
            raise KeyUnusable
        grant = _readable(
            lambda: self.client.request_jwt_user_token(
                own.integration_key,
                own.user_id,
                own.oauth_host,
                own.private_key.encode(),
                ASSERTION_SECONDS,
                SCOPES,
            )
        )
        lasts = _readable(lambda: float(grant.expires_in))
        user = _readable(lambda: self.client.get_user_info(grant.access_token))
        return Session(
            token=grant.access_token,
            ends_at=time.monotonic() + lasts - MARGIN,
            base_uris=_readable(lambda: _base_uris(user.accounts)),
        )


def _base_uris(accounts: list[Any]) -> dict[str, str]:
    """Return the addresses by the IDs of the accounts, the user's default first."""
    by_default = sorted(
        accounts, key=lambda account: str(account.is_default).lower() != "true"
    )
    found = {one.account_id.lower(): one.base_uri.rstrip("/") for one in by_default}
    if not all(base_uri.startswith("https://") for base_uri in found.values()):
        raise ValueError
    return found


def _check_object(data: bytes) -> None:
    """Raise AnswerUnreadable unless some bytes are a JSON object."""
    if not isinstance(_readable(lambda: json.loads(data)), dict):
        raise AnswerUnreadable


def _readable(read: Callable[[], T]) -> T:
    """Return what is read; AnswerUnreadable, without what was read, if it is not so."""
    try:
        return read()
    except (ApiException, AttributeError, RecursionError, TypeError, ValueError):
        raise AnswerUnreadable from None
