"""What is kept of strangers, handed to a browser as a file and nothing else."""

from __future__ import annotations

from typing import IO

from django.http import FileResponse

from django_docusign_connect.models import ConnectMessage

PDF = "application/pdf"
NAME_LENGTH = 120
#: What would be a path, a wildcard or a shell's on one system or another.
RESERVED = frozenset('/\\:*?"<>|')


def attachment(
    content: IO[bytes], *, name: str, content_type: str = "application/octet-stream"
) -> FileResponse:
    """Stream a file as a download that no browser opens in the site's own name."""
    response = FileResponse(
        content,
        as_attachment=True,
        filename=name,
        content_type=content_type,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def document_file_name(name: str, content_type: str) -> str:
    """Return a name for a document's file, made from what its sender called it.

    It has no path and no control or direction characters, and ends in ``.pdf`` if
    that is what the bytes are, else in ``.bin``, which nothing opens.
    """
    kept = "".join("_" if char in RESERVED else char for char in name)
    kept = "".join(filter(str.isprintable, kept)).strip(" .")
    extension = ".pdf" if content_type == PDF else ".bin"
    if kept.lower().endswith(extension):
        kept = kept[: -len(extension)]
    return (kept[:NAME_LENGTH] or "document") + extension


def body_file_name(message: ConnectMessage) -> str:
    kind = {"sim": "json", "aggregate": "json", "xml": "xml", "soap": "xml"}
    return f"connect-message-{message.pk}.{kind.get(message.format, 'bin')}"
