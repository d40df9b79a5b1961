"""Bodies that no Connect sends: made to break a parser, or to cost it too much."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from .bodies import ENVELOPE_ID, GENERATED, sample, sim, xml

Path = tuple[str | int, ...]

FACE = "\N{GRINNING FACE}"
EURO = "\N{EURO SIGN}"
LONG = 1024 * 1024
BOMB_BYTES = 4_000_000

#: What may stand where a message has something else, as JSON texts.
ODD_VALUES = (
    "null",
    "true",
    "-0.0",
    "1e999",
    "NaN",
    "-Infinity",
    "9" * 4000,
    "[]",
    "{}",
    "[[[[null]]]]",
    '{"": {"": [1, "x", null]}}',
    r'"\u0000"',
    r'"\ud800"',
    r'"\udfff\ud800"',
    r'"\ud83d\ude00"',
    '" \\t\\r\\n "',
    f'"{"x" * 5000}"',
    '"0001-01-01T00:00:00+14:00"',
    '"9999-12-31T23:59:59.9999999-14:00"',
    '"2022-02-30T25:61:61Z"',
    '"9999999999"',
    '"-1"',
    '"{00000000-0000-0000-0000-00000000000}"',
)


def schema() -> Any:
    """Return the message with every field that DocuSign's own schema has."""
    message = json.loads(sample("schema/connect.schema-v2.json"))
    message["event"] = "envelope-completed"
    message["generatedDateTime"] = GENERATED
    message["data"]["envelopeId"] = ENVELOPE_ID
    return message


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the way to each value inside a JSON value."""
    entries: Any = ()
    if isinstance(value, dict):
        entries = value.items()
    elif isinstance(value, list):
        entries = enumerate(value)
    for key, inner in entries:
        yield (*path, key)
        yield from paths(inner, (*path, key))


def replaced(message: Any, path: Path, odd: str) -> bytes:
    """Write the message with an odd JSON text for the value at the path."""
    *way, last = path
    inner = message
    for key in way:
        inner = inner[key]
    kept, inner[last] = inner[last], "@odd@"
    text = json.dumps(message, separators=(",", ":")).replace('"@odd@"', odd)
    inner[last] = kept
    return text.encode()


def with_text(text: bytes) -> bytes:
    """Write a SIM message that has the text among its data."""
    return sim("envelope-sent", note="@").replace(b'"@"', text)


def with_values(item: bytes, size: int = BOMB_BYTES) -> bytes:
    return with_text(b"[" + item * (size // len(item)) + b"0]")


def in_subject(text: str) -> bytes:
    return xml(f"<Subject>{text}</Subject>")


def pretend(declaration: str, text: str = "&a;") -> bytes:
    """Write an XML message with a DTD."""
    head = f"<!DOCTYPE a [{declaration}]>"
    return xml(f"<Subject>{text}</Subject>", head=head)


def laughs() -> bytes:
    entities = ['<!ENTITY a0 "ha">']
    for level in range(1, 30):
        entities.append(f'<!ENTITY a{level} "{f"&a{level - 1};" * 10}">')
    return pretend("".join(entities), "&a29;")


def numbered(form: str, size: int = BOMB_BYTES) -> str:
    """Repeat the form with numbers in it, up to a size."""
    return "".join(form.format(number) for number in range(size // (len(form) + 4)))


def rows(kind: str, form: str, count: int) -> bytes:
    """Write a SIM message whose summary has many rows of a kind."""
    listed = ",".join(form.replace("#", str(number)) for number in range(count))
    summary = {"status": "sent", kind: "@"}
    body = sim("envelope-sent", summary=summary)
    return body.replace(b'"@"', listed.join(("[", "]")).encode())


#: Cheap to send: each is unreadable, or says little, and must cost little.
ODD_BODIES: dict[str, bytes] = {
    "empty": b"",
    "blank": b" \r\n" * 3000,
    "mark alone": b"\xef\xbb\xbf",
    "NULs": b"\0" * 5000,
    "noise": bytes(range(256)) * 4,
    "a number": b"1",
    "a list": b"[]",
    "an object": b"{}",
    "a message cut off": sim("envelope-sent")[:-20],
    "two messages": sim("envelope-sent") * 2,
    "bytes that are not UTF-8": with_text(b'"\xff\xfe\xc0\x80"'),
    "a raw surrogate": with_text(b'"\xed\xa0\x80"'),
    "a wide character cut off": with_text(b'"\xf0\x9f\x98"'),
    "NUL in a string": with_text(b'"a\0b"'),
    "UTF-16": sim("envelope-sent").decode().encode("utf-16"),
    "UTF-16 cut off": sim("envelope-sent").decode().encode("utf-16")[:-1],
    "UTF-16, half a pair": '{"event":"\ud800"}'.encode("utf-16", "surrogatepass"),
    "UTF-32": sim("envelope-sent").decode().encode("utf-32"),
    "UTF-32 out of range": '{"event":"x"}'.encode("utf-32") + b"\xff" * 4,
    "no event but its name": b'{"event":"","envelopeId":[],"status":{}}',
    "twice the same key": b'{"event":"envelope-sent","event":["x"],"data":1,"data":[]}',
    "a name of 1 MB": with_text(b'{"%s":1}' % (b"n" * LONG)),
    "an event of 1 MB": sim("e" * LONG),
    "an event with NUL": sim("envelope-\0sent"),
    "an event with half a pair": sim("envelope-\ud800sent"),
    "a recipient of 1 MB": sim("recipient-sent", recipientId="1" * LONG),
    "a recipient with half a pair": sim("recipient-sent", recipientId="\udfff"),
    "an account of 1 MB": sim("envelope-sent", accountId="a" * LONG),
    "a subject of 1 MB": sim("envelope-sent", summary={"emailSubject": "s" * LONG}),
    "a wide subject": sim("envelope-sent", summary={"emailSubject": FACE * 50_000}),
    "a huge retry count": sim("envelope-sent", retry_count=10**400),
    "a negative retry count": sim("envelope-sent", retry_count=-1),
    "the first day": sim("envelope-sent", generated="0001-01-02T00:00:00Z"),
    "the last day": sim("envelope-sent", generated="9999-12-31T23:59:59-13:00"),
    "XML cut off": xml()[:-20],
    "XML with NUL": in_subject("a\0b"),
    "XML that is not UTF-8": xml().replace(b"Sent", b"\xff"),
    "XML of an unknown encoding": xml().replace(b"utf-8", b"x-none"),
    "XML of a codec": xml().replace(b"utf-8", b"rot13"),
    "XML of UTF-7": xml().replace(b"utf-8", b"utf-7"),
    "XML in UTF-16": xml().partition(b"?>")[2].decode().encode("utf-16"),
    "XML of another kind": b"<html><body>no</body></html>",
    "XML with a subject of 1 MB": in_subject("s" * LONG),
    "XML of an odd offset": xml(after="<TimeZoneOffset>1e400</TimeZoneOffset>"),
    "a DTD": pretend(""),
    "an entity": pretend('<!ENTITY a "b">'),
    "an external entity": pretend('<!ENTITY a SYSTEM "file:///etc/passwd">'),
    "an external DTD": xml(head='<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">'),
    "a parameter entity": pretend('<!ENTITY % a SYSTEM "file:///etc/passwd"> %a;', ""),
    "a billion laughs": laughs(),
    "quadratic entities": pretend(f'<!ENTITY a "{"a" * 50_000}">', "&a;" * 50_000),
}

#: Made to cost much; each is about BOMB_BYTES long.
BOMBS: dict[str, Callable[[], bytes]] = {
    "lists": lambda: with_values(b"[],"),
    "objects": lambda: with_values(b'{"a":1},'),
    "numbers": lambda: with_values(b"1,"),
    "spaced objects": lambda: with_values(b'{"a":1},' + b" " * 56),
    "short texts": lambda: with_values(b'"abcdefghijklm",'),
    "short texts and a face": lambda: with_values(b'"abcdefghijklm",').replace(
        b'"abcdefghijklm"', f'"{FACE}bcdefghi"'.encode(), 1
    ),
    "short wide texts": lambda: with_values(f'"{EURO}abcdefghi",'.encode()),
    "faces": lambda: with_values(f'"{FACE}abcdefghijklmnopqrs",'.encode()),
    "nested lists": lambda: with_text(b"[" * BOMB_BYTES),
    "nested objects": lambda: with_text(b'{"a":' * (BOMB_BYTES // 5)),
    "lists that close": lambda: with_text(b"[" * 30_000 + b"]" * 30_000),
    "names": lambda: with_text(b"{" + numbered('"n{}":0,').encode() + b'"":0}'),
    "digits": lambda: with_text(b"9" * BOMB_BYTES),
    "quotes": lambda: with_text(b'"\\"' * (BOMB_BYTES // 3)),
    "backslashes": lambda: with_text(b'"' + b"\\" * BOMB_BYTES),
    "escapes": lambda: with_text(b'"' + b"\\u20ac" * (BOMB_BYTES // 6) + b'"'),
    "one text": lambda: with_text(b'"' + b"a" * BOMB_BYTES + b'"'),
    "one text, a face": lambda: with_text(
        b'"' + b"a" * BOMB_BYTES + FACE.encode() + b'"'
    ),
    "faces in UTF-16": lambda: (
        f'{{"event":"envelope-sent","a":"{FACE * (BOMB_BYTES // 4)}"}}'.encode("utf-16")
    ),
    "a document without end": lambda: with_text(
        (b'{"PDFBytes":"' + b"A" * 1100) * (BOMB_BYTES // 1113)
    ),
    "documents that escape": lambda: with_text(
        (b'{"PDFBytes":"' + b"A" * 1100 + b'\\"') * (BOMB_BYTES // 1115)
    ),
    "names that do not end": lambda: with_text(b'"a ' * (BOMB_BYTES // 3)),
    "blanks after names": lambda: with_text(b'"a"' + b" " * BOMB_BYTES),
    "elements": lambda: xml("<a/>" * (BOMB_BYTES // 4)),
    "nested elements": lambda: xml("<a>" * 100_000 + "</a>" * 100_000),
    "kinds of elements": lambda: xml(numbered("<a{}/>")),
    "attributes": lambda: xml("<a" + numbered(" a{}=''") + "/>"),
    "namespaces": lambda: xml(numbered('<a xmlns="u{}"/>')),
    "XML recipients": lambda: xml(
        "<RecipientStatuses>"
        + "<RecipientStatus><Type>Signer</Type></RecipientStatus>" * (BOMB_BYTES // 53)
        + "</RecipientStatuses>"
    ),
    "XML documents": lambda: xml(
        "<DocumentStatuses>"
        + numbered("<DocumentStatus><ID>{}</ID></DocumentStatus>")
        + "</DocumentStatuses>"
    ),
    "XML documents without end": lambda: xml(
        ("<PDFBytes>" + "A" * 1100) * (BOMB_BYTES // 1110)
    ),
    "XML tags without end": lambda: xml("<PDFBytes " * (BOMB_BYTES // 10)),
    "a tag of blanks": lambda: xml("<PDFBytes " + " " * BOMB_BYTES),
    "a text of lines": lambda: in_subject("b\n" * (BOMB_BYTES // 2)),
    "a text of references": lambda: in_subject("&lt;" * (BOMB_BYTES // 4)),
}
