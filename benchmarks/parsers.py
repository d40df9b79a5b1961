"""CPU time to read all facts of an XML message, ours beside pydocusign 1.2's parser."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from pydocusign.parser import DocuSignCallbackParser

from benchmarks.messages import sign_by
from benchmarks.rounds import compared, cpu_of, in_turns
from django_docusign_connect.messages import parse
from django_docusign_connect.messages.values import ParsedMessage
from django_docusign_connect.simulator import tell
from django_docusign_connect.simulator.wire import Message

ROUNDS = int(os.environ.get("BENCH_PARSER_ROUNDS", "5"))
DOCUMENT_BYTES = 3_750_000
TABS = 14_000
TAB = (
    "<TabStatus><TabType>Custom</TabType><Status>Signed</Status>"
    "<XPosition>{0}</XPosition><YPosition>321</YPosition>"
    "<TabLabel>Text {0}</TabLabel><TabName>Text {0}</TabName>"
    "<TabValue>Value {0}</TabValue><DocumentID>1</DocumentID>"
    "<PageNumber>1</PageNumber><OriginalValue>Value {0}</OriginalValue>"
    "<CustomTabType>Text</CustomTabType></TabStatus>"
)


def measure() -> Iterator[dict[str, Any]]:
    messages = {
        "4 kB": (small(), 40, 0.10, 0.05),
        "10 MB, documents": (with_documents(), 1, 1.0, 0.4),
        "10 MB, dense": (dense(), 1, 0.2, 0.06),
    }
    for name, (body, repeats, must, aim) in messages.items():
        check(body)
        medians = in_turns(
            partial(read, parse, [body] * repeats),
            partial(read, pydocusign_facts, [body] * repeats),
            rounds=ROUNDS,
        )
        yield {
            "table": "CPU time to read an XML message",
            "message": name,
            "bytes": len(body),
            **compared(*medians, against="pydocusign 1.2", must=must, aim=aim),
        }


def read(reader: Any, bodies: list[bytes], index: int) -> float:
    return cpu_of(reader, bodies)


def pydocusign_facts(body: bytes) -> tuple[Any, ...]:
    """Return all that pydocusign tells of a message."""
    parser = DocuSignCallbackParser(xml_source=body)
    return (
        parser.envelope_id,
        parser.envelope_status,
        parser.time_generated,
        parser.events,
        parser.recipients,
    )


def check(body: bytes) -> None:
    """Make sure that both find the same envelope and the same recipients."""
    found: ParsedMessage = parse(body)
    envelope_id, status, generated_at, _, recipients = pydocusign_facts(body)
    theirs = {recipient["Email"] for recipient in recipients.values()}
    ours = {event.recipient.email for event in found.events if event.recipient}
    if (str(found.header.envelope_id), found.header.generated_at, ours) != (
        envelope_id,
        generated_at,
        theirs,
    ):
        raise SystemExit(f"Two parsers, two messages: {found}, {status}, {theirs}")


def small() -> bytes:
    return _for_pydocusign(Message(moment=sign_by(3, index=1)[-1], format="xml").body())


def with_documents() -> bytes:
    """Return a message of two documents; lxml refuses a text of more than 10 MB."""
    moment = tell("with-documents", seed=1, document_size=DOCUMENT_BYTES)[-1]
    return _for_pydocusign(Message(moment=moment, format="xml").body())


def dense() -> bytes:
    """Return a message of two recipients with thousands of tabs."""
    body = Message(moment=sign_by(2, index=1)[-1], format="xml").body()
    tabs = "".join(TAB.format(number) for number in range(TABS))
    end = b"</RecipientStatus>"
    return _for_pydocusign(
        body.replace(end, f"<TabStatuses>{tabs}</TabStatuses>".encode() + end)
    )


def _for_pydocusign(body: bytes) -> bytes:
    """Give each recipient the ClientUserId by which pydocusign knows it."""
    return re.sub(
        rb"<RecipientId>([^<]+)</RecipientId>",
        rb"<ClientUserId>\1</ClientUserId>\g<0>",
        body,
    )
