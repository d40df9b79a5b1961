"""What the database of a run holds, as the auditor wants to see it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

from django_docusign_connect.models import (
    ConnectMessage,
    Envelope,
    EnvelopeEvent,
    FileChunk,
    ReceiverRun,
    Recipient,
)
from tests.chaos.databases import ALIAS


class Fact(NamedTuple):
    """Something that happened: to an envelope, or to a recipient, named by a GUID."""

    envelope: str
    name: str
    recipient: str = ""

    def __str__(self) -> str:
        whose = f" of recipient {self.recipient}" if self.recipient else ""
        return f"{self.name}{whose} of envelope {self.envelope}"


class Heard(NamedTuple):
    """The last recorded run of a receiver for an event, and how many there were."""

    status: str
    attempts: int


@dataclass(frozen=True)
class Rows:
    """What the database holds after a run.

    ``messages`` are statuses, by the digest of the bytes that are kept; ``statuses``
    those of envelopes and recipients, by the envelope's ID and the recipient's GUID,
    which is empty for the envelope itself.
    """

    messages: dict[str, list[str]]
    events: dict[int, Fact]
    runs: dict[tuple[int, str], Heard]
    statuses: dict[tuple[str, str], str]


def read_rows() -> Rows:
    """Read all of it from the run's database."""
    return Rows(
        messages=_messages(), events=_events(), runs=_runs(), statuses=_statuses()
    )


def _messages() -> dict[str, list[str]]:
    statuses = defaultdict(list)
    for message in ConnectMessage.objects.using(ALIAS):
        statuses[hashlib.sha256(_body(message)).hexdigest()].append(message.status)
    return statuses


def _body(message: ConnectMessage) -> bytes:
    """Return the bytes that are kept; in the host they are in the database alone."""
    if message.inline_body is not None:
        return bytes(message.inline_body)
    chunks = FileChunk.objects.using(ALIAS).of(message.body_file.name or "")
    return b"".join(bytes(data) for data in chunks.values_list("data", flat=True))


def _events() -> dict[int, Fact]:
    fields = ("envelope__envelope_id", "name", "recipient__recipient_id_guid")
    rows = EnvelopeEvent.objects.using(ALIAS).values_list("pk", *fields)
    return {
        pk: Fact(str(envelope_id), name, str(guid or ""))
        for pk, envelope_id, name, guid in rows
    }


def _runs() -> dict[tuple[int, str], Heard]:
    fields = ("event", "receiver", "status", "attempts")
    rows = ReceiverRun.objects.using(ALIAS).values_list(*fields)
    return {
        (event, receiver.rpartition(".")[2]): Heard(status, attempts)
        for event, receiver, status, attempts in rows
        if event is not None
    }


def _statuses() -> dict[tuple[str, str], str]:
    envelopes = Envelope.objects.using(ALIAS).values_list("envelope_id", "status")
    fields = ("envelope__envelope_id", "recipient_id_guid", "status")
    recipients = Recipient.objects.using(ALIAS).values_list(*fields)
    own = {(str(envelope_id), ""): status for envelope_id, status in envelopes}
    theirs = {
        (str(envelope_id), str(guid)): status
        for envelope_id, guid, status in recipients
    }
    return own | theirs
