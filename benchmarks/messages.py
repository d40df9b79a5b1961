"""The messages of the benchmarks: the same bytes on every run and machine."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import timedelta

from django_docusign_connect.authentication.signatures import sign
from django_docusign_connect.simulator import Moment, tell
from django_docusign_connect.simulator.draft import Role, draft_envelope
from django_docusign_connect.simulator.scenarios import USUAL_END
from django_docusign_connect.simulator.story import Envelope
from django_docusign_connect.simulator.teller import Teller
from django_docusign_connect.simulator.wire import Message, write_messages

KEY = "benchmark-key"
SIGNATURE = "HTTP_X_DOCUSIGN_SIGNATURE_1"
PLAIN_FIELDS = 2


@dataclass(frozen=True)
class Post:
    """A request to be: its body, and its headers as WSGI names them."""

    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def signed(body: bytes) -> Post:
    return Post(body, {SIGNATURE: sign(body, KEY).decode()})


def forged(post: Post) -> Post:
    return replace(post, headers={SIGNATURE: sign(post.body, "not " + KEY).decode()})


def mix(index: int) -> list[Post]:
    """Return the messages of five envelopes, one after the other."""
    return [post for posts in lifecycles(index) for post in posts]


def lifecycles(index: int) -> list[list[Post]]:
    """Return the messages of five envelopes, 4 to 12 kB each; as many for any index.

    Most envelopes have one or two recipients and few fields. Two have more.
    """
    stories = [
        tell("signed-by-two", seed=1, index=index),
        tell("declined", seed=1, index=index),
        tell("carbon-copies", seed=1, index=index),
        sign_by(3, index=index, fields=20),
        sign_by(6, index=index, fields=40),
    ]
    return [
        [signed(message.body()) for message in write_messages(story)]
        for story in stories
    ]


def sign_by(signers: int, *, index: int, fields: int = PLAIN_FIELDS) -> list[Moment]:
    """Tell of an envelope that so many sign at once, with so many custom fields."""
    chance = random.Random(f"{signers}/{fields}/{index}")  # noqa: S311 - no secret
    roles = [Role(f"Signer {number}") for number in range(1, signers + 1)]
    start = USUAL_END + timedelta(seconds=index)
    envelope = draft_envelope(chance, roles, created_at=start)
    teller = Teller(_with_fields(envelope, fields), chance)
    teller.create()
    recipient_ids = [recipient.recipient_id for recipient in envelope.recipients]
    teller.send(*recipient_ids)
    for recipient_id in recipient_ids:
        teller.open(recipient_id)
        teller.sign(recipient_id)
    teller.complete()
    return teller.moments


def with_document(format_name: str, size: int, *, index: int = 0) -> bytes:
    """Return the message of a completed envelope with a PDF of so many bytes."""
    moments = tell("with-documents", seed=1, index=index, document_size=size)
    first, *_, certificate = moments[-1].envelope.documents
    envelope = replace(moments[-1].envelope, documents=(first, certificate))
    moment = replace(moments[-1], envelope=envelope)
    return Message(moment=moment, format=format_name).body()


def _with_fields(envelope: Envelope, fields: int) -> Envelope:
    more = [
        (f"Reference {number}", f"{number:04}-{envelope.envelope_id}")
        for number in range(PLAIN_FIELDS, fields)
    ]
    return replace(envelope, custom_fields=(*envelope.custom_fields, *more))
