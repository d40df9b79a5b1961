"""Posts messages as DocuSign Connect does: signed, and again until answered 200."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from enum import Enum
from http import HTTPStatus
from urllib.parse import urlsplit

from django_docusign_connect.authentication.signatures import sign

from .wire import Message

#: Seconds that Connect waits for an answer.
TIMEOUT = 100.0
ANSWER_BYTES = 1000
SHOWN_CHARACTERS = 80
PIECES = 10
FORGED_KEY = "not a key of this account"


class Outcome(Enum):
    """What became of one post."""

    ACKNOWLEDGED = "acknowledged"
    LOST = "answer lost"
    REFUSED = "refused"
    UNANSWERED = "unanswered"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One post of a message, and what came of it.

    ``attempt`` counts from 1. ``status`` is None without an answer, and ``answer``
    then says why. A post has failed when it was the last attempt and not
    acknowledged, or when a forged one was answered with anything but 401.
    """

    message: Message
    attempt: int
    posted_at: datetime
    seconds: float
    status: int | None
    answer: str
    outcome: Outcome
    is_forged: bool = False

    def __str__(self) -> str:
        moment = self.message.moment
        attempt = "forged copy" if self.is_forged else f"attempt {self.attempt}"
        # Of a SOAP answer or an error page the first characters say nothing.
        answer = "" if self.answer.startswith("<") else self.answer
        answer = " ".join(answer.split())[:SHOWN_CHARACTERS]
        printable = "".join(c if c.isprintable() else "?" for c in answer)
        return (
            f"{self.posted_at:%H:%M:%S} {moment.envelope.envelope_id} {moment.event}"
            f" ({self.message.format}) {attempt}: {self.outcome.value},"
            f" {self.status or 'no answer'} {printable}"
        ).rstrip()


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Where messages go, and how.

    ``waits`` are the seconds before each further attempt: three of them make four
    attempts. ``pause`` is how many seconds to pause between the pieces in which a
    body is sent; 0 sends it at once.
    """

    url: str
    keys: tuple[str, ...] = field(repr=False)
    waits: tuple[float, ...] = (0.5, 1.0, 2.0)
    timeout: float = TIMEOUT
    pause: float = 0.0

    def deliver(
        self, message: Message, *, loses_answer: bool = False
    ) -> Iterator[Delivery]:
        """Post until acknowledged or out of attempts; JSON SIM counts its retries.

        With ``loses_answer`` the first answer is thrown away, as if the connection
        had broken before it came, so that the message is sent again.
        """
        last = len(self.waits)
        for retry, wait in enumerate((0.0, *self.waits)):
            time.sleep(wait)
            delivery = self._attempt(message, retry=retry)
            is_acknowledged = delivery.outcome is Outcome.ACKNOWLEDGED
            if is_acknowledged and loses_answer and retry == 0 < last:
                delivery = replace(delivery, outcome=Outcome.LOST)
            elif not is_acknowledged and retry == last:
                delivery = replace(delivery, outcome=Outcome.FAILED)
            yield delivery
            if delivery.outcome is Outcome.ACKNOWLEDGED:
                return

    def forge(self, message: Message) -> Delivery:
        """Post a message signed with a key that is not the account's."""
        delivery = self._post(message.body(), message, keys=(FORGED_KEY,))
        refused = delivery.status == HTTPStatus.UNAUTHORIZED
        outcome = Outcome.REFUSED if refused else Outcome.FAILED
        return replace(delivery, outcome=outcome, is_forged=True)

    def _attempt(self, message: Message, *, retry: int) -> Delivery:
        body = message.body(retry_count=retry)
        delivery = self._post(body, message, keys=self.keys)
        return replace(delivery, attempt=retry + 1)

    def _post(
        self, body: bytes, message: Message, *, keys: tuple[str, ...]
    ) -> Delivery:
        posted_at, start = datetime.now(timezone.utc), time.monotonic()
        status: int | None = None
        try:
            status, answer = self._exchange(body, message.headers | _sign(body, keys))
        except (OSError, http.client.HTTPException) as error:
            answer = f"{type(error).__name__}: {error}"
        return Delivery(
            message=message,
            attempt=1,
            posted_at=posted_at,
            seconds=time.monotonic() - start,
            status=status,
            answer=answer,
            outcome=_judge(status),
        )

    def _exchange(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
        """Return the answer's status and the beginning of its text."""
        url = urlsplit(self.url)
        connect = (
            http.client.HTTPSConnection
            if url.scheme == "https"
            else http.client.HTTPConnection
        )
        target = url._replace(scheme="", netloc="", fragment="").geturl() or "/"
        connection = connect(url.hostname or "", url.port, timeout=self.timeout)
        with closing(connection):
            connection.request(
                "POST",
                target,
                body=self._pieces(body) if self.pause else body,
                headers={"Content-Length": str(len(body)), **headers},
            )
            response = connection.getresponse()
            return response.status, response.read(ANSWER_BYTES).decode(errors="replace")

    def _pieces(self, body: bytes) -> Iterator[bytes]:
        size = -(-len(body) // PIECES)
        for start in range(0, len(body), size):
            yield body[start : start + size]
            time.sleep(self.pause)


def _sign(body: bytes, keys: tuple[str, ...]) -> dict[str, str]:
    """Return the headers of an authentic message, one signature for each key."""
    headers = {
        f"X-DocuSign-Signature-{number}": sign(body, key).decode()
        for number, key in enumerate(keys, start=1)
    }
    return {"X-Authorization-Digest": "HMACSHA256", **headers}


def _judge(status: int | None) -> Outcome:
    if status is None:
        return Outcome.UNANSWERED
    return Outcome.ACKNOWLEDGED if status == HTTPStatus.OK else Outcome.REFUSED
