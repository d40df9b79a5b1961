"""Kept bytes as a download that no browser shows, runs or guesses the type of.

The bytes, and the names they were sent with, are other people's.
"""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from functools import partial
from typing import IO

from asgiref.sync import sync_to_async
from django.http import FileResponse

from django_docusign_connect.models import ConnectMessage, EnvelopeDocument

NAME_LENGTH = 120
BINARY = "application/octet-stream"
PDF = "application/pdf"
#: What would be a drive, a wildcard or a shell's on one system or another.
RESERVED = frozenset(':*?"<>|')
TEXT_TYPES = re.compile(
    r"(?:application|text)/(?:soap\+)?(json|xml)(?:\s*;\s*charset=[\w.\"-]{1,40})?",
    re.ASCII | re.IGNORECASE,
)


def download_document(document: EnvelopeDocument) -> FileResponse:
    """Return a document's file; FileNotFoundError if it is not kept."""
    if not document.file:
        raise FileNotFoundError(document.document_id)
    is_pdf = document.content_type == PDF
    return _download(
        document.file.open("rb"),
        name=clean_name(document.name, suffix=".pdf" if is_pdf else ".bin"),
        content_type=document.content_type or BINARY,
    )


def download_body(message: ConnectMessage) -> FileResponse:
    """Return the bytes of a message; FileNotFoundError once they are pruned."""
    if not message.has_body:
        raise FileNotFoundError(message.pk)
    kind = TEXT_TYPES.fullmatch(message.content_type.strip())
    suffix = f".{kind[1].lower()}" if kind else ".bin"
    return _download(
        io.BytesIO(message.body),
        name=f"message-{message.pk}{suffix}",
        content_type=kind[0] if kind else BINARY,
    )


def clean_name(name: str, *, suffix: str) -> str:
    """Return a name for a document's file, made from what its sender called it.

    It is of one part, without control and direction characters and what some system
    gives a meaning to. The suffix is told by the bytes, not by the sender: ``.bin``
    is what nothing opens.
    """
    last = re.split(r"[/\\]", name)[-1]
    seen = "".join(c if c.isprintable() and c not in RESERVED else "_" for c in last)
    stem = seen.strip(" .")
    if stem.lower().endswith(suffix):
        stem = stem[: -len(suffix)]
    return f"{stem[:NAME_LENGTH] or 'document'}{suffix}"


class Download(FileResponse):
    """A file that is sent piece by piece, under ASGI as well.

    There Django would read the whole file first, and warn of it.
    """

    async def __aiter__(self) -> AsyncIterator[bytes]:
        # In the thread of the request, which has the database's connection.
        read = sync_to_async(partial(next, iter(self), b""))
        while piece := await read():
            yield piece


def _download(content: IO[bytes], *, name: str, content_type: str) -> FileResponse:
    response = Download(
        content, as_attachment=True, filename=name, content_type=content_type
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response
