from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest
import xmlschema
from defusedxml.ElementTree import fromstring

from django_docusign_connect.simulator import SCENARIOS, tell, write_messages

DATA = Path(__file__).parent / "data"
EVERY_SCENARIO = pytest.mark.parametrize("scenario", SCENARIOS)
SEEDS = range(3)
DSX = "{http://www.docusign.net/API/3.0}"
SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"

#: Keys of real messages that DocuSign's schema does not have.
BEYOND_SCHEMA = {
    "authoritativeCopy",
    "completedCount",
    "expireAfter",
    "expireDateTime",
    "expireEnabled",
    "hasFormDataChanged",
    "notaries",
    "recipientType",
    "requireUploadSignature",
    "uri",
}


@cache
def json_schema() -> Any:
    return json.loads((DATA / "schema/connect.schema-v2.json").read_text("utf-8"))


@cache
def xml_schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(str(DATA / "schema/dsx.xsd"))


def bodies(scenario: str, format_name: str, **options: bool) -> list[bytes]:
    return [
        message.body()
        for seed in SEEDS
        for message in write_messages(tell(scenario, seed=seed), format_name, **options)
    ]


def last_sim(scenario: str, **options: bool) -> Any:
    return json.loads(bodies(scenario, "sim", **options)[-1])


def last_xml(scenario: str) -> Element:
    return fromstring(bodies(scenario, "xml")[-1])


def text(root: Element, path: str) -> str | None:
    return root.findtext("/".join(DSX + name for name in path.split("/")))


def keys_beyond(value: Any, schema: Any, path: str = "") -> Iterator[str]:
    """Give the paths of keys that the schema's example does not have there."""
    if isinstance(value, list):
        for item in value:
            yield from keys_beyond(item, schema[0] if schema else {}, path)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key in schema:
                yield from keys_beyond(inner, schema[key], f"{path}/{key}")
            else:
                yield f"{path}/{key}"


@EVERY_SCENARIO
def test_json_has_no_key_that_docusign_does_not_have_there(scenario: str) -> None:
    schema = json_schema()
    summary_schema = schema["data"]["envelopeSummary"]
    beyond = {
        path.rpartition("/")[2]
        for body in bodies(scenario, "sim")
        for path in keys_beyond(json.loads(body), schema)
    } | {
        path.rpartition("/")[2]
        for body in bodies(scenario, "aggregate")
        for path in keys_beyond(json.loads(body), summary_schema)
    }
    assert beyond <= BEYOND_SCHEMA


def test_keys_beyond_the_schema_are_in_a_real_message() -> None:
    real = json.loads((DATA / "json/envelope_completed_full.json").read_bytes())
    beyond = {path.rpartition("/")[2] for path in keys_beyond(real, json_schema())}
    assert beyond == BEYOND_SCHEMA


@EVERY_SCENARIO
def test_xml_is_valid_by_docusigns_schema(scenario: str) -> None:
    for body in bodies(scenario, "xml"):
        xml_schema().validate(body.decode())


@EVERY_SCENARIO
def test_soap_call_holds_xml_that_is_valid_by_docusigns_schema(scenario: str) -> None:
    for body in bodies(scenario, "soap"):
        path = f"{SOAP}Body/{DSX}DocuSignConnectUpdate/{DSX}DocuSignEnvelopeInformation"
        information = fromstring(body).find(path)
        assert information is not None
        xml_schema().validate(information)


def test_sim_body_is_written_as_real_ones_are() -> None:
    real = json.loads((DATA / "json/envelope_completed_full.json").read_bytes())
    body = bodies("signed-by-two", "sim")[-1]
    values = json.loads(body)
    assert list(values) == list(real)
    assert b'": ' not in body
    assert not body.endswith(b"\n")
    summary, real_summary = (v["data"]["envelopeSummary"] for v in (values, real))
    assert set(real_summary) - set(summary) == {"envelopeDocuments"}
    common = [key for key in summary if key in real_summary]
    assert common == [key for key in real_summary if key in summary]


def test_summary_holds_strings_where_others_would_put_numbers() -> None:
    summary = last_sim("with-documents")["data"]["envelopeSummary"]
    scalars = [v for v in summary.values() if not isinstance(v, dict | list)]
    assert all(isinstance(value, str) or value is None for value in scalars)
    assert summary["recipients"]["recipientCount"] == "1"
    assert summary["recipients"]["signers"][0]["routingOrder"] == "1"


def test_retries_count_in_the_body_of_sim_alone() -> None:
    moments = tell("voided", seed=1)
    for name in ("sim", "aggregate", "xml", "soap"):
        message = list(write_messages(moments, name))[-1]
        assert (message.body() != message.body(retry_count=2)) is (name == "sim")
    sim = list(write_messages(moments))[-1]
    assert json.loads(sim.body(retry_count=2))["retryCount"] == 2


def test_sim_without_summary_has_ids_alone() -> None:
    data = last_sim("voided", has_summary=False)["data"]
    assert list(data) == ["accountId", "userId", "envelopeId"]


def test_sim_names_the_recipient_of_recipient_events_alone() -> None:
    for body in bodies("declined", "sim"):
        values = json.loads(body)
        is_of_recipient = values["event"].startswith("recipient-")
        assert ("recipientId" in values["data"]) is is_of_recipient


def test_json_dates_are_as_long_as_real_ones() -> None:
    for body in bodies("declined", "sim"):
        values = json.loads(body)
        assert re.fullmatch(r".{19}\.\d{7}Z", values["generatedDateTime"])
        created = values["data"]["envelopeSummary"]["createdDateTime"]
        assert re.fullmatch(r".{19}(\.\d{0,2}[1-9])?Z", created)


def test_every_kind_of_recipient_has_an_array() -> None:
    recipients = last_sim("carbon-copies")["data"]["envelopeSummary"]["recipients"]
    sizes = {k: len(v) for k, v in recipients.items() if isinstance(v, list) and v}
    assert sizes == {"signers": 1, "carbonCopies": 1}
    assert sum(isinstance(value, list) for value in recipients.values()) == 10


def test_json_says_why_it_was_voided_or_declined() -> None:
    voided = last_sim("expired")["data"]["envelopeSummary"]
    assert voided["voidedReason"] == "Envelope has expired."
    assert "voidedDateTime" in voided
    declined = last_sim("declined")["data"]["envelopeSummary"]
    signer = declined["recipients"]["signers"][1]
    assert signer["declinedReason"] == "Die Miete ist zu hoch für mich."
    assert "declinedDateTime" in signer
    assert "declinedDateTime" in declined


def test_json_holds_documents_and_certificate() -> None:
    documents = last_sim("with-documents")["data"]["envelopeSummary"][
        "envelopeDocuments"
    ]
    assert [(d["documentId"], d["type"]) for d in documents] == [
        ("1", "content"),
        ("2", "content"),
        ("certificate", "summary"),
    ]
    for document in documents:
        assert base64.b64decode(document["PDFBytes"]).startswith(b"%PDF")


def test_aggregate_is_the_summary_itself() -> None:
    moments = tell("signed-by-two", seed=1)
    sim = json.loads(list(write_messages(moments))[-1].body())
    aggregate = json.loads(list(write_messages(moments, "aggregate"))[-1].body())
    assert aggregate == sim["data"]["envelopeSummary"]
    assert "event" not in aggregate


@pytest.mark.parametrize("format_name", ["aggregate", "xml", "soap"])
def test_snapshots_come_only_for_changes_that_they_can_tell(format_name: str) -> None:
    messages = write_messages(tell("corrected", seed=1), format_name)
    assert [message.moment.event for message in messages] == [
        "recipient-sent",
        "envelope-sent",
        "recipient-delivered",
        "envelope-delivered",
        "recipient-completed",
        "envelope-completed",
    ]


@EVERY_SCENARIO
def test_no_two_messages_of_an_envelope_are_alike(scenario: str) -> None:
    for format_name in ("sim", "aggregate", "xml", "soap"):
        written = bodies(scenario, format_name)
        assert len(set(written)) == len(written)


def test_xml_times_are_local_by_the_offset_that_the_message_gives() -> None:
    moment = tell("voided", seed=1)[-1]
    root = fromstring(next(write_messages([moment], "xml")).body())
    assert text(root, "TimeZone") == "Pacific Standard Time"
    offset = timedelta(hours=int(text(root, "TimeZoneOffset") or ""))
    created = text(root, "EnvelopeStatus/Created") or ""
    local = datetime.strptime(created + "+0000", "%Y-%m-%dT%H:%M:%S.%f%z")
    assert local - offset == moment.envelope.created_at


def test_xml_gives_the_account_as_custom_fields() -> None:
    fields = {
        field.findtext(f"{DSX}Name"): field.findtext(f"{DSX}Value")
        for field in last_xml("voided").iter(f"{DSX}CustomField")
    }
    assert fields["AccountId"] == "4190001"
    assert {"AccountName", "AccountSite", "Order"} <= set(fields)


def test_xml_says_why_it_was_voided_or_declined() -> None:
    voided = last_xml("expired")
    assert text(voided, "EnvelopeStatus/VoidReason") == "Envelope has expired."
    reasons = [e.text for e in last_xml("declined").iter(f"{DSX}DeclineReason")]
    assert reasons == [None, "Die Miete ist zu hoch für mich."]


def test_xml_holds_documents_and_certificate() -> None:
    pdfs = list(last_xml("with-documents").iter(f"{DSX}DocumentPDF"))
    kinds = [pdf.findtext(f"{DSX}DocumentType") for pdf in pdfs]
    assert kinds == ["CONTENT", "CONTENT", "SUMMARY"]
    for pdf in pdfs:
        content = base64.b64decode(pdf.findtext(f"{DSX}PDFBytes") or "")
        assert content.startswith(b"%PDF")


def test_xml_shows_a_failed_authentication() -> None:
    moments = tell("authentication-failed", seed=1)[:4]
    root = fromstring(list(write_messages(moments, "xml"))[-1].body())
    path = "EnvelopeStatus/RecipientStatuses/RecipientStatus/"
    path += "RecipientAuthenticationStatus/AccessCodeResult/Status"
    assert text(root, path) == "Failed"
