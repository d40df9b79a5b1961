"""What a message says, as frozen values; the same whatever format it came in."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

PIECE_LENGTH = 4 * 64 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectEvent:
    """One thing that happened, by the name that DocuSign gives it.

    Of an envelope's events, ``is_inferred`` tells that no message stated this one:
    a snapshot showed it.
    """

    name: str
    occurred_at: datetime | None
    recipient: RecipientState | None = None
    is_inferred: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class RecipientState:
    """A recipient as a message shows it; what it does not tell is None or empty."""

    recipient_id: str = ""
    recipient_id_guid: UUID | None = None
    type: str = ""
    name: str = ""
    email: str = ""
    role_name: str = ""
    routing_order: int | None = None
    status: str = ""
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    signed_at: datetime | None = None
    declined_at: datetime | None = None
    declined_reason: str = ""
    auto_responded_reason: str = ""
    client_user_id: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentContent:
    """A document of an envelope; ``encoded`` is its base64, if the message has it."""

    document_id: str
    name: str = ""
    type: str = ""
    order: int | None = None
    encoded: memoryview | None = None

    def decoded(self) -> Iterator[bytes]:
        """Yield the content in pieces; ValueError if it is not base64."""
        rest = b""
        encoded = self.encoded or memoryview(b"")
        for start in range(0, len(encoded), PIECE_LENGTH):
            piece = rest + _compact(encoded[start : start + PIECE_LENGTH])
            whole = len(piece) - len(piece) % 4
            rest = piece[whole:]
            yield _decode(piece[:whole], is_last=not rest and _ends(encoded, start))
        if rest:
            raise binascii.Error("The base64 is cut off.")


def _ends(encoded: memoryview, start: int) -> bool:
    return start + PIECE_LENGTH >= len(encoded)


def _compact(piece: memoryview) -> bytes:
    return bytes(piece).translate(None, b" \t\r\n")


def _decode(piece: bytes, *, is_last: bool) -> bytes:
    if b"=" in piece and not is_last:
        raise binascii.Error("The base64 goes on after its end.")
    return base64.b64decode(piece, validate=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class EnvelopeState:
    """An envelope as a message shows it; what it does not tell is None or empty."""

    status: str = ""
    subject: str = ""
    sender_name: str = ""
    sender_email: str = ""
    created_at: datetime | None = None
    initial_sent_at: datetime | None = None
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    completed_at: datetime | None = None
    declined_at: datetime | None = None
    voided_at: datetime | None = None
    deleted_at: datetime | None = None
    voided_reason: str = ""
    expires_at: datetime | None = None
    status_changed_at: datetime | None = None
    custom_fields: Mapping[str, str] | None = None
    recipients: tuple[RecipientState, ...] = ()
    documents: tuple[DocumentContent, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageHeader:
    """What a message is and where it is from; none of it is sure."""

    format: str = ""
    event: str = ""
    account_id: str = ""
    envelope_id: UUID | None = None
    configuration_id: str = ""
    generated_at: datetime | None = None
    retry_count: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ParsedMessage:
    """A whole message: its header, the events it brings, and the state it shows.

    ``state`` is None if the message tells no more than its event.
    """

    header: MessageHeader
    events: tuple[ConnectEvent, ...]
    state: EnvelopeState | None = None
