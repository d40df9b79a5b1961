"""Kept bytes as a download that no browser shows, runs or guesses the type of.

The bytes, and the names they were sent with, are other people's.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from typing import IO

from django.http import FileResponse
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from django_docusign_connect.models import ConnectMessage, EnvelopeDocument

MAX_NAME_LENGTH = 120
BINARY = "application/octet-stream"
TEXT_TYPES = re.compile(
    r"(?:application|text)/(?:soap\+)?(json|xml)(?:\s*;\s*charset=[\w.\"-]{1,40})?",
    re.ASCII | re.IGNORECASE,
)


class OneForm(BaseContentNegotiation):
    """Whatever a client accepts, a file has one form; errors have the first one."""

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        first = next(iter(renderers))
        return first, str(first.media_type)


def clean_name(name: str, *, suffix: str = "") -> str:
    """Return a name of no more than one part, of characters that are seen.

    Left out are paths, control characters, those that turn the direction of writing,
    and what some system gives a meaning to.
    """
    seen = "".join(c if c.isprintable() and c not in '<>:"|?*' else "_" for c in name)
    stem = re.split(r"[/\\]", seen)[-1].strip(" .")
    if stem.lower().endswith(suffix):
        stem = stem[: len(stem) - len(suffix)]
    return f"{stem[:MAX_NAME_LENGTH] or 'file'}{suffix}"


def _download(content: IO[bytes], *, name: str, content_type: str) -> FileResponse:
    response = FileResponse(
        content, as_attachment=True, filename=name, content_type=content_type
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def download_document(document: EnvelopeDocument) -> FileResponse:
    """Return a document's file; FileNotFoundError if it is not kept."""
    if not document.file:
        raise FileNotFoundError(document.document_id)
    is_pdf = document.content_type == "application/pdf"
    name = document.name or f"document-{document.document_id}"
    return _download(
        document.file.open("rb"),
        name=clean_name(name, suffix=".pdf" if is_pdf else ""),
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
