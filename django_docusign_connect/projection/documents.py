"""The documents of one envelope, decoded piece by piece into files."""

from __future__ import annotations

import hashlib
import logging
import tempfile
from collections.abc import Iterator
from functools import partial
from typing import IO, Any

from django.core.files.base import File
from django.db import transaction

from django_docusign_connect.messages.values import DocumentContent, ParsedMessage
from django_docusign_connect.models import EnvelopeDocument
from django_docusign_connect.projection.offers import clip
from django_docusign_connect.projection.registers import Offer, Origin, take
from django_docusign_connect.projection.rows import EnvelopeRows

logger = logging.getLogger(__name__)

IN_MEMORY_BYTES = 1024 * 1024
DETAILS = ("name", "type", "order")


def keep_documents(rows: EnvelopeRows, parsed: ParsedMessage) -> list[str]:
    """Keep the documents of a message, and return what is wrong with any of them.

    The envelope's row is locked. One document that cannot be decoded does not spoil
    the others.
    """
    notes = []
    origin = Origin(
        parsed.header.generated_at, parsed.state.status if parsed.state else ""
    )
    known = {row.document_id: row for row in rows.documents}
    for content in parsed.state.documents if parsed.state else ():
        document_id = clip(EnvelopeDocument, "document_id", content.document_id)
        if document_id not in known:
            known[document_id] = EnvelopeDocument(
                envelope=rows.envelope, document_id=document_id
            )
            rows.documents.add(known[document_id])
        row = known[document_id]
        rows.documents.change(row, take(row, _details(content, origin)))
        try:
            rows.documents.change(row, _keep_file(row, content, origin))
        except ValueError as error:
            notes.append(f"Document {document_id!r} is not base64: {error}")
    return notes


def _details(content: DocumentContent, origin: Origin) -> Iterator[Offer]:
    for name in DETAILS:
        value = getattr(content, name)
        if value not in (None, ""):
            yield origin.plain(name, clip(EnvelopeDocument, name, value))


def _keep_file(
    row: EnvelopeDocument, content: DocumentContent, origin: Origin
) -> dict[str, Any]:
    """Keep the newest content that a message had, and return the row's new values.

    ValueError if it is not base64.
    """
    if content.encoded is None:
        return {}
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as decoded:
        sha256, start = _decode(content, decoded)
        had = row.sha256
        changes = take(row, [origin.plain("sha256", sha256)])
        if row.sha256 != had:
            row.size = decoded.tell()
            row.content_type = _content_type(start)
            _replace_file(row, decoded)
            changes |= {"size": row.size, "content_type": row.content_type, "file": ""}
    return changes


def _decode(content: DocumentContent, file: IO[bytes]) -> tuple[str, bytes]:
    """Write the content into a file; return its SHA-256 and how it starts."""
    digest, start = hashlib.sha256(), b""
    for piece in content.decoded():
        start = start or piece[:16]
        digest.update(piece)
        file.write(piece)
    return digest.hexdigest(), start


def _replace_file(row: EnvelopeDocument, decoded: IO[bytes]) -> None:
    storage, old = row.file.storage, row.file.name
    decoded.seek(0)
    row.file.save("", File(decoded, name=row.document_id), save=False)
    if old:
        transaction.on_commit(partial(storage.delete, old))


def _content_type(start: bytes) -> str:
    return (
        "application/pdf" if start.startswith(b"%PDF-") else "application/octet-stream"
    )
