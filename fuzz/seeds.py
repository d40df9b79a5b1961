"""What the fuzzer starts from: real messages, and the words they are made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from django_docusign_connect.messages.events import KNOWN_EVENTS
from django_docusign_connect.simulator import (
    FORMATS,
    SCENARIOS,
    tell,
    write_messages,
)

SAMPLES = Path(__file__).parent.parent / "tests" / "data"
MOST_BYTES = 16 * 1024
WORD = re.compile(rb'"\w+":|<\w+>')
ODD_WORDS = (
    *(b"NaN", b"-Infinity", b"1e999", b"99999999999999999999", b"null", b"true"),
    *(rb"\u0000", rb"\ud800", b"\xed\xa0\x80", b"\xf0\x9f\x98\x80", b"\xff\xfe"),
    *(b"0001-01-01T00:00:00", b"9999-12-31T23:59:59.9999999Z", b"+14:00"),
    *(b"<!DOCTYPE a [", b"<!ENTITY a 'b'>", b"&a;", b"&#0;", b"<![CDATA[", b"]]>"),
    *(b"cut:0", b"xmlns=", b"utf-16", b"<?xml version='1.0' encoding='"),
)


def write(folder: Path) -> Path:
    """Write a corpus into the folder, and a dictionary beside it; return the latter."""
    folder.mkdir(parents=True, exist_ok=True)
    words = {*ODD_WORDS, *(name.encode() for name in KNOWN_EVENTS)}
    for number, body in enumerate(bodies()):
        words |= set(WORD.findall(body))
        if len(body) <= MOST_BYTES:
            folder.joinpath(f"seed-{number:03}").write_bytes(body)
    dictionary = folder.parent / "dictionary"
    dictionary.write_text("\n".join(map(_quoted, sorted(words))))
    return dictionary


def bodies() -> Iterator[bytes]:
    for path in sorted(SAMPLES.rglob("*.[jx][sm][ol]*")):
        yield path.read_bytes()
    for scenario in SCENARIOS:
        moments = list(tell(scenario, seed=1, document_size=64))
        for format_name in FORMATS:
            for message in write_messages(moments, format_name):
                yield message.body()


def _quoted(word: bytes) -> str:
    """Write a word as libFuzzer's dictionaries have it."""
    return '"' + "".join(f"\\x{byte:02x}" for byte in word) + '"'
