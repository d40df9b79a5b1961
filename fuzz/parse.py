"""Fuzz the parsers: they read any bytes, or call them unreadable.

``python -m fuzz.parse CORPUS`` with libFuzzer's options.
"""

from __future__ import annotations

import sys
from contextlib import suppress

import atheris

with atheris.instrument_imports(include=["django_docusign_connect"]):
    from django_docusign_connect.exceptions import UnreadableMessage
    from django_docusign_connect.messages import identify, parse


def check(body: bytes) -> None:
    """Raise if the parsers break, or if they contradict each other."""
    identity, reading = identify(body)
    assert len(identity) == 64
    try:
        message = parse(body)
    except UnreadableMessage:
        return
    assert reading is not None
    assert message == reading.parse()
    for document in message.state.documents if message.state else ():
        with suppress(ValueError):
            list(document.decoded())


if __name__ == "__main__":
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()
