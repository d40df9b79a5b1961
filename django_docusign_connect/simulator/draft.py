"""Invented envelopes, before anything happens to them.

The people are made up and their addresses are at ``example.com``, which nobody owns
(RFC 2606).
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from .documents import make_pdf
from .story import Document, Envelope, Person, Recipient

GIVEN_NAMES = ("Ada", "Ben", "Chloë", "Dmitri", "Elif", "Femi", "Gus", "Hana", "Zoë")
FAMILY_NAMES = ("Example", "Sample", "Specimen", "Muster", "Ejemplo", "Přiklad")
SUBJECTS = (
    "Lease of Example Street {number}",
    "Employment contract {number}",
    "Offer {number}: café & kitchen",
    "Non-disclosure agreement {number}",
)


@dataclass(frozen=True)
class Role:
    """A part in a story: what kind of recipient, and at which routing step."""

    name: str
    kind: str = "signer"
    routing_order: int = 1


def draft_envelope(
    chance: random.Random,
    roles: Sequence[Role],
    *,
    created_at: datetime,
    document_sizes: Sequence[int] = (),
) -> Envelope:
    """Invent an envelope with a recipient for each role and a document for each size.

    The sizes are in bytes, and each document has at least as many.
    """
    number = chance.randrange(1000, 10000)
    subject = chance.choice(SUBJECTS).format(number=number)
    return Envelope(
        envelope_id=make_guid(chance),
        sender=_person(chance),
        subject=subject,
        recipients=tuple(
            _recipient(chance, role, number=n) for n, role in enumerate(roles, start=1)
        ),
        custom_fields=(("Order", f"SO-{number}"), ("Department", "Sales & Lettings")),
        documents=tuple(
            _document(chance, subject, number=n, size=size)
            for n, size in enumerate(document_sizes, start=1)
        ),
        created_at=created_at,
        last_modified_at=created_at,
        status_changed_at=created_at,
    )


def begun(envelope: Envelope, *, at: datetime) -> Envelope:
    """Return the draft as if it had been made at another time."""
    return replace(envelope, created_at=at, last_modified_at=at, status_changed_at=at)


def draft_certificate(chance: random.Random, envelope: Envelope) -> Document:
    """Return the certificate of completion that joins a completed envelope."""
    return Document(
        document_id="certificate",
        guid=make_guid(chance),
        name="Summary",
        kind="summary",
        order=999,
        content=make_pdf(f"Certificate of completion: {envelope.envelope_id}"),
    )


def make_guid(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


def _person(chance: random.Random) -> Person:
    given, family = chance.choice(GIVEN_NAMES), chance.choice(FAMILY_NAMES)
    return Person(
        name=f"{given} {family}",
        email=f"person{chance.randrange(1000, 10000)}@example.com",
        user_id=make_guid(chance),
    )


def _recipient(chance: random.Random, role: Role, *, number: int) -> Recipient:
    return Recipient(
        recipient_id=str(number),
        guid=make_guid(chance),
        kind=role.kind,
        person=_person(chance),
        role_name=role.name,
        routing_order=role.routing_order,
    )


def _document(
    chance: random.Random, subject: str, *, number: int, size: int
) -> Document:
    return Document(
        document_id=str(number),
        guid=make_guid(chance),
        name=f"Document {number}.pdf",
        kind="content",
        order=number,
        content=make_pdf(subject, size=size),
    )
