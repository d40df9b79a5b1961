"""What can be told of an envelope: its state, and the moments that change it.

Frozen values, with DocuSign's names for statuses and kinds. Times are aware and in
UTC, to the millisecond, but for ``Moment.generated_at`` (to the microsecond).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, kw_only=True)
class Account:
    """The DocuSign account whose envelopes are told of.

    JSON knows it by its GUID, XML by its number, name and site.
    """

    account_id: str
    number: str
    name: str
    site: str
    configuration_id: int


#: Every simulated envelope belongs to this account.
ACCOUNT = Account(
    account_id="0e1a7a3c-51b1-4c7e-9a55-51b1a7a3c0de",
    number="4190001",
    name="Example Corporation",
    site="demo",
    configuration_id=10360001,
)


@dataclass(frozen=True, kw_only=True)
class Person:
    name: str
    email: str
    user_id: str


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """One who takes part: ``kind`` is ``signer`` or ``carbonCopy``."""

    recipient_id: str
    guid: str
    kind: str
    person: Person
    role_name: str
    routing_order: int
    status: str = "created"
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    signed_at: datetime | None = None
    declined_at: datetime | None = None
    declined_reason: str = ""
    authentication_failed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Document:
    """A PDF of the envelope; ``kind`` is ``content``, or ``summary`` (certificate)."""

    document_id: str
    guid: str
    name: str
    kind: str
    order: int
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """An envelope as of one moment.

    ``sent_at`` is the last sending, which each routing step repeats;
    ``initial_sent_at`` the first. ``expire_after`` counts days from the first.
    """

    envelope_id: str
    sender: Person
    subject: str
    recipients: tuple[Recipient, ...]
    custom_fields: tuple[tuple[str, str], ...]
    documents: tuple[Document, ...]
    created_at: datetime
    last_modified_at: datetime
    status_changed_at: datetime
    account: Account = ACCOUNT
    status: str = "created"
    initial_sent_at: datetime | None = None
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    completed_at: datetime | None = None
    declined_at: datetime | None = None
    voided_at: datetime | None = None
    voided_reason: str = ""
    expire_after: int = 120

    @property
    def expires_at(self) -> datetime | None:
        if self.initial_sent_at is None:
            return None
        return self.initial_sent_at + timedelta(days=self.expire_after)

    @property
    def current_routing_order(self) -> int:
        started = [r.routing_order for r in self.recipients if r.status != "created"]
        return max(started, default=1)

    def recipient(self, recipient_id: str) -> Recipient:
        return next(r for r in self.recipients if r.recipient_id == recipient_id)


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One thing that Connect would tell, and the envelope as of then.

    ``event`` is spelled as JSON SIM does. ``recipient_id`` is empty unless the
    event is about a recipient.
    """

    event: str
    generated_at: datetime
    envelope: Envelope
    recipient_id: str = ""
