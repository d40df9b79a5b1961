"""Read JSON messages: SIM (one event each) and aggregate (a whole envelope)."""

from __future__ import annotations

import hashlib
import json
import marshal
import re
from datetime import datetime
from uuid import UUID

from django_docusign_connect.exceptions import UnreadableMessage
from django_docusign_connect.messages import facts
from django_docusign_connect.messages.cutting import Cut, cut_json
from django_docusign_connect.messages.dates import parse_datetime
from django_docusign_connect.messages.events import is_envelope_event
from django_docusign_connect.messages.limits import LONG, check_json
from django_docusign_connect.messages.summary import Json, as_object, read_summary
from django_docusign_connect.messages.text import as_number, as_uuid, clean
from django_docusign_connect.messages.values import MessageHeader, ParsedMessage

#: A character of which a single one makes Python keep its whole text in 4 bytes each.
WIDE = re.compile(rb"[\xf0-\xf4][\x80-\xff]*")


class JsonReading:
    """A JSON message; UnreadableMessage if the body is none of Connect's."""

    def __init__(self, body: bytes) -> None:
        self._message, self._cut = _load(body)
        self.header = _header(self._message)

    def identity(self) -> str:
        is_tracked = is_envelope_event(self.header.event)
        return _identity(self._message, self._cut, is_tracked=is_tracked)

    def parse(self) -> ParsedMessage:
        read = _read_sim if self.header.event else _read_aggregate
        return read(self._message, self.header, self._cut)


def _load(body: bytes) -> tuple[Json, Cut]:
    cut = cut_json(body)
    try:
        text = _utf8(cut.rest)
        check_json(text)
        message = json.loads(_decode(text))
    except (ValueError, RecursionError) as error:
        raise UnreadableMessage(f"The body is not JSON: {error}") from error
    if isinstance(message, dict) and message.keys() & {"event", "envelopeId", "status"}:
        return message, cut
    raise UnreadableMessage(
        'The JSON is no Connect message: it has neither an "event" nor an "envelopeId".'
    )


def _utf8(text: bytes) -> bytes:
    """Return a JSON text in UTF-8, in which alone it can be checked."""
    encoding = json.detect_encoding(text)
    if encoding == "utf-8":
        return text
    return text.decode(encoding).encode()


def _decode(text: bytes) -> str:
    """Return a JSON text as characters; of a long one, the wide ones as escapes."""
    is_narrow = len(text) <= LONG or text.isascii()
    return (text if is_narrow else WIDE.sub(_escape, text)).decode()


def _escape(wide: re.Match[bytes]) -> bytes:
    return json.dumps(wide[0].decode()).strip('"').encode()


def _header(message: Json) -> MessageHeader:
    event = clean(message.get("event"))
    data = as_object(message.get("data")) if event else message
    sender = as_object(data.get("sender"))
    account_id = clean(data.get("accountId")) or clean(sender.get("accountId"))
    return MessageHeader(
        format="sim" if event else "aggregate",
        event=event,
        account_id=account_id.strip(),
        envelope_id=as_uuid(data.get("envelopeId")) or _shown_id(data),
        configuration_id=clean(message.get("configurationId")).strip(),
        generated_at=_generated_at(message, is_sim=bool(event)),
        retry_count=as_number(message.get("retryCount")) or 0,
    )


def _shown_id(data: Json) -> UUID | None:
    """Return the ID that the summary gives, if there is one."""
    return as_uuid(as_object(data.get("envelopeSummary")).get("envelopeId"))


def _read_sim(message: Json, header: MessageHeader, cut: Cut) -> ParsedMessage:
    data = as_object(message.get("data"))
    summary = as_object(data.get("envelopeSummary"))
    state = read_summary(summary, cut) if summary else None
    stated = facts.stated(
        header.event,
        recipient_id=clean(data.get("recipientId")).strip(),
        state=state,
        generated_at=header.generated_at,
    )
    return ParsedMessage(header=header, events=(stated,), state=state)


def _read_aggregate(message: Json, header: MessageHeader, cut: Cut) -> ParsedMessage:
    if header.envelope_id is None:
        raise UnreadableMessage('The JSON has no "envelopeId" that is a GUID.')
    state = read_summary(message, cut)
    events = facts.implied(state, generated_at=header.generated_at)
    return ParsedMessage(header=header, events=events, state=state)


def _generated_at(message: Json, *, is_sim: bool) -> datetime | None:
    if is_sim:
        return parse_datetime(clean(message.get("generatedDateTime")))
    modified_at = parse_datetime(clean(message.get("lastModifiedDateTime")))
    return modified_at or parse_datetime(clean(message.get("statusChangedDateTime")))


def _identity(message: Json, cut: Cut, *, is_tracked: bool) -> str:
    """Return a digest of all that stays the same when DocuSign sends again.

    ``retryCount`` is inside the body, so that a retry has other bytes. Events about
    no envelope have no fact that would be known when a second configuration of the
    account brings them, so there the configuration does not count either.

    Neither white space nor escapes count, nor the order of the keys at the top. What is
    digested is Python's own form of the values, of which the version 0 has no marks of
    how they came about, and is several times as fast to write as JSON.
    """
    ignored = {"retryCount"} if is_tracked else {"retryCount", "configurationId"}
    kept = sorted((key, message[key]) for key in message.keys() - ignored)
    try:
        values = marshal.dumps([kept, cut.digests()], 0)
    except ValueError as error:
        raise UnreadableMessage("The JSON is nested too deeply.") from error
    return hashlib.sha256(values).hexdigest()
