"""Each bound on what a message may cost: what is over it is unreadable.

What is at a bound, or is as large as a real message may be, is read.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from django_docusign_connect.exceptions import UnreadableMessage
from django_docusign_connect.messages import limits, parse
from django_docusign_connect.messages.values import EnvelopeState

from . import hostile
from .bodies import sim, xml

CUSTOM_FIELD = "<CustomField><Name>{}</Name><Value>v</Value></CustomField>"
DOCUMENT = "<DocumentStatus><ID>{}</ID></DocumentStatus>"
RECIPIENT = "<RecipientStatus><UserName>{}</UserName></RecipientStatus>"


def state_of(body: bytes) -> EnvelopeState:
    state = parse(body).state
    assert state is not None
    return state


def refuses(body: bytes, complaint: str) -> bool:
    """Tell whether the body is unreadable; if so, it must be for that reason."""
    try:
        parse(body)
    except UnreadableMessage as error:
        if complaint in str(error):
            return True
        raise
    return False


def with_rows(kind: str, *, count: int) -> bytes:
    fields = [{"name": str(n), "documentId": str(n)} for n in range(count)]
    around: dict[str, Any] = {
        "recipients": {"signers": fields},
        "customFields": {"textCustomFields": fields},
    }
    shown = around.get(kind, fields)
    return sim("envelope-sent", summary={"status": "sent", kind: shown})


def repeated(form: str, count: int) -> str:
    return "".join(form.format(number) for number in range(count))


@pytest.mark.parametrize("sign", limits.WEIGHTS)
def test_json_may_have_only_so_many_values(sign: bytes) -> None:
    text = sign if sign.isascii() else hostile.FACE.encode()
    most = limits.FREE_VALUES // limits.WEIGHTS[sign]
    # Not in one string: that may not be long if it is not ASCII.
    short = [b'"%s"' % (text * 9_000)] * (most // 10_000)
    assert not refuses(hostile.with_text(b"[" + b",".join(short) + b"]"), "")
    long = [b'"%s"' % (text * 10_000)] * (most // 10_000 + 1)
    body = hostile.with_text(b"[" + b",".join(long) + b"]")
    assert refuses(body, "more values")


def test_long_json_may_have_more_values_but_not_any_number() -> None:
    value = b"1" + b" " * (limits.BYTES_PER_VALUE - 1) + b","
    dense = b"1" + b" " * (limits.BYTES_PER_VALUE - 2) + b","
    count = 2 * limits.FREE_VALUES
    assert not refuses(hostile.with_values(value, len(value) * count), "")
    assert refuses(hostile.with_values(dense[1:], len(dense) * count), "more values")
    too_many = len(value) * (limits.MOST_VALUES + 10)
    assert refuses(hostile.with_values(value, too_many), "more values")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_json_may_have_only_so_many_names(encoding: str) -> None:
    for count, is_refused in ((limits.MOST_NAMES - 50, False), (10_100, True)):
        names = "{" + repeated('"name{}" \n:0, ', count) + '"":0}'
        body = hostile.with_text(names.encode()).decode().encode(encoding)
        assert refuses(body, "more names") is is_refused


@pytest.mark.parametrize("odd", [hostile.FACE, "\u00e9", r"\u00e9", r"\uD83D\uDE00"])
def test_long_json_text_is_ascii(odd: str) -> None:
    for length, is_refused in ((1000, False), (300_000, True)):
        text = f'"{"a" * length}{odd}"'
        assert refuses(hostile.with_text(text.encode()), "longer text") is is_refused


def test_wide_character_is_read_as_sent() -> None:
    subject = f"{hostile.FACE} {hostile.EURO} \N{LINEAR B SYLLABLE B008 A}"
    summary = {"emailSubject": subject, "status": "sent"}
    body = sim("envelope-sent", summary=summary)
    for written in (body, json.dumps(json.loads(body), ensure_ascii=False).encode()):
        assert state_of(written).subject == subject


def test_long_ascii_text_is_read() -> None:
    assert not refuses(hostile.with_text(b'"' + b"QUFB" * 500_000 + b'"'), "")


def test_xml_may_have_only_so_many_elements() -> None:
    assert refuses(xml("<a/>" * limits.MOST_TAGS), "more elements")
    assert not refuses(xml("<a/>" * (limits.MOST_TAGS // 4)), "")


@pytest.mark.parametrize("form", [' a{}=""', " a{}=''", ' a{} =\n ""'])
def test_xml_may_have_only_so_many_attributes(form: str) -> None:
    few, many = limits.FREE_ATTRIBUTES // 50, limits.FREE_ATTRIBUTES // 50 + 1
    element = f"<a{repeated(form, 50)}/>"
    assert not refuses(xml(element * (few - 1)), "")
    assert refuses(xml(element * many), "more attributes")


def test_attributes_in_utf_16_count_too() -> None:
    text = xml("<a a=''/>" * (limits.FREE_ATTRIBUTES + 1)).partition(b"?>")[2]
    assert refuses(text.decode().encode("utf-16"), "more attributes")


def test_long_xml_may_have_more_attributes() -> None:
    padding = " " * limits.BYTES_PER_ATTRIBUTE
    assert not refuses(xml(f'<a a="">{padding}</a>' * 2 * limits.FREE_ATTRIBUTES), "")


def test_xml_may_have_only_so_many_names() -> None:
    assert not refuses(xml(repeated("<a{}/>", limits.MOST_NAMES - 10)), "")
    assert refuses(xml(repeated("<a{}/>", limits.MOST_NAMES + 1)), "more names")


def test_xml_may_have_only_so_many_levels() -> None:
    most = limits.MOST_LEVELS - 10
    assert not refuses(xml("<a>" * most + "</a>" * most), "")
    most = limits.MOST_LEVELS
    assert refuses(xml("<a>" * most + "</a>" * most), "nested too deeply")


def test_xml_has_no_endless_tag() -> None:
    assert not refuses(xml(f"<a{' ' * 60_000}/>"), "")
    assert refuses(xml(f"<a{' ' * 70_000}/>"), "longer tag")


def test_xml_may_have_only_so_many_fields() -> None:
    records = "<RecipientStatuses>{}</RecipientStatuses>"
    fields = repeated("<a{0}>b</a{0}>", limits.MOST_NAMES - 100)
    few = records.format(f"<RecipientStatus>{fields}</RecipientStatus>")
    many = records.format(f"<RecipientStatus>{fields}</RecipientStatus>" * 6)
    assert not refuses(xml(few), "")
    assert refuses(xml(many), "more fields")


@pytest.mark.parametrize(
    ("kind", "most", "what"),
    [
        ("recipients", limits.MOST_RECIPIENTS, "recipients"),
        ("envelopeDocuments", limits.MOST_DOCUMENTS, "documents"),
        ("customFields", limits.MOST_CUSTOM_FIELDS, "custom fields"),
    ],
)
def test_json_may_have_only_so_many_rows(kind: str, most: int, what: str) -> None:
    assert not refuses(with_rows(kind, count=most), "")
    assert refuses(with_rows(kind, count=most + 1), f"more than {most} {what}")


@pytest.mark.parametrize(
    ("around", "form", "most", "what"),
    [
        ("RecipientStatuses", RECIPIENT, limits.MOST_RECIPIENTS, "recipients"),
        ("DocumentStatuses", DOCUMENT, limits.MOST_DOCUMENTS, "documents"),
        ("CustomFields", CUSTOM_FIELD, limits.MOST_CUSTOM_FIELDS, "custom fields"),
    ],
)
def test_xml_may_have_only_so_many_rows(
    around: str, form: str, most: int, what: str
) -> None:
    for count, is_refused in ((most, False), (most + 1, True)):
        body = xml(f"<{around}>{repeated(form, count)}</{around}>")
        assert refuses(body, f"more than {most} {what}") is is_refused


def test_custom_fields_may_be_only_so_long() -> None:
    for length, is_refused in (
        (limits.MOST_CUSTOM_TEXT // 2 - 1, False),
        (limits.MOST_CUSTOM_TEXT // 2 + 1, True),
    ):
        fields = [{"name": name, "value": "v" * length} for name in "ab"]
        summary = {"customFields": {"textCustomFields": fields}}
        body = sim("envelope-sent", summary=summary)
        assert refuses(body, "custom fields are too long") is is_refused


def test_text_that_no_real_message_has_is_cut() -> None:
    subject = "s" * (limits.MOST_TEXT + 1)
    in_json = sim("envelope-sent", summary={"emailSubject": subject})
    for body in (in_json, hostile.in_subject(subject)):
        assert state_of(body).subject == subject[:-1]


def test_document_that_is_written_oddly_is_read_whole() -> None:
    encoded = "QUFB" * limits.MOST_TEXT
    pdf = f"<DocumentPDF><Name>a</Name><PDFBytes>&#81;{encoded[1:]}</PDFBytes>"
    body = xml(after=f"<DocumentPDFs>{pdf}</DocumentPDF></DocumentPDFs>")
    (document,) = state_of(body).documents
    assert bytes(document.encoded or b"") == encoded.encode()


def test_real_message_with_many_tabs_and_pages_is_read() -> None:
    message = hostile.schema()
    summary = message["data"]["envelopeSummary"]
    document, signer = summary["envelopeDocuments"][0], summary["recipients"]["signers"]
    document["pages"] *= 3000
    signer[0]["tabs"] = {kind: tabs * 19 for kind, tabs in signer[0]["tabs"].items()}
    signer *= 10
    body = json.dumps(message, separators=(",", ":")).encode()
    assert len(state_of(body).recipients) >= 10


def test_real_message_with_the_shortest_tabs_is_read() -> None:
    tabs = hostile.schema()["data"]["envelopeSummary"]["recipients"]["signers"][0]
    shortest = dict.fromkeys(tabs["tabs"]["listTabs"][0], "1")
    signers = [
        {"recipientId": str(number), "tabs": {"listTabs": [shortest] * 500}}
        for number in range(10)
    ]
    summary = {"status": "sent", "recipients": {"signers": signers}}
    assert len(state_of(sim("envelope-sent", summary=summary)).recipients) == 10


def test_real_message_with_large_forms_is_read() -> None:
    fields = repeated('<field name="{}"><value>x</value></field>', 2000)
    form = f"<FormData><xfdf><fields>{fields}</fields></xfdf></FormData>"
    signer = f"<RecipientStatus><UserName>{{}}</UserName>{form}</RecipientStatus>"
    recipients = repeated(signer, 20)
    body = xml(f"<RecipientStatuses>{recipients}</RecipientStatuses>")
    assert len(state_of(body).recipients) == 20
