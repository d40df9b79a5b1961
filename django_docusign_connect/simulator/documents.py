"""Small real PDF files, made without a PDF library."""

from __future__ import annotations

from collections.abc import Sequence


def make_pdf(text: str, *, size: int = 0) -> bytes:
    """Return a PDF of one page that shows a line of text.

    ``size`` is how many bytes it has at least. Characters outside Latin-1 show as
    question marks.
    """
    return _assemble(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
            b" /Resources << /Font << /F1 5 0 R >> >> >>",
            _stream(b"BT /F1 18 Tf 72 700 Td (" + _escape(text) + b") Tj ET"),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica"
            b" /Encoding /WinAnsiEncoding >>",
            _stream(b" " * size),
        ]
    )


def _escape(text: str) -> bytes:
    line = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return line.encode("latin-1", errors="replace")


def _stream(content: bytes) -> bytes:
    head = f"<< /Length {len(content)} >>\nstream\n".encode()
    return head + content + b"\nendstream"


def _assemble(objects: Sequence[bytes]) -> bytes:
    """Number the objects from 1 and add the table that says where each begins."""
    file = bytearray(b"%PDF-1.4\n")
    table = [b"0000000000 65535 f \n"]
    for number, content in enumerate(objects, start=1):
        table.append(f"{len(file):010} 00000 n \n".encode())
        file += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    start = len(file)
    file += f"xref\n0 {len(table)}\n".encode() + b"".join(table)
    file += f"trailer\n<< /Size {len(table)} /Root 1 0 R >>\n".encode()
    file += f"startxref\n{start}\n%%EOF\n".encode()
    return bytes(file)
