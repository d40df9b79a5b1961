"""The read API of the example project, served, does what its OpenAPI schema says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from django_docusign_connect.simulator.scenarios import tell
from django_docusign_connect.simulator.wire import write_messages
from tests.example_site import ROOT, Site, serving

API = "/api/docusign/v1/"
SCHEMA = f"{API}schema/"
PASSWORD = "of the tests"
STORIES = ["declined", "voided", "expired", "with-documents"]
ORDERINGS = {
    "envelopes": "-changed_at",
    "messages": "-received_at",
    "events": "occurred_at",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve the example with some envelopes; the client is signed in as its admin."""
    with serving(tmp_path_factory.mktemp("schema")) as site:
        site.manage(
            "createsuperuser",
            "--no-input",
            "--username=admin",
            "--email=admin@example.com",
            DJANGO_SUPERUSER_PASSWORD=PASSWORD,
        )
        for seed, story in enumerate(STORIES):
            for message in write_messages(tell(story, seed=seed)):
                assert site.deliver(message).status == 200
        site.get("/admin/login/")
        site.submit("/admin/login/", username="admin", password=PASSWORD)
        yield site


def read(site: Site, path: str) -> Any:
    return json.loads(site.get(f"{API}{path}").text)


def known(site: Site) -> dict[str, Any]:
    """Return keys of rows that there are, and cursors out of links."""
    envelope_id = read(site, "envelopes/?page_size=1")["results"][0]["envelope_id"]
    paths = {"envelopes": "envelopes/", "messages": "messages/"}
    paths["events"] = f"envelopes/{envelope_id}/events/"
    links = {
        name: {
            "cursor": cursor_of(read(site, f"{path}?page_size=1")["next"]),
            "ordering": ORDERINGS[name],
        }
        for name, path in paths.items()
    }
    message = read(site, "messages/")["results"][0]
    keys = {"envelope_id": envelope_id, "document_id": "1", "id": message["id"]}
    return {"keys": keys, "links": links}


def cursor_of(link: str) -> str:
    return parse_qs(urlsplit(link).query)["cursor"][0]


def test_no_request_that_schemathesis_makes_up_breaks_the_api_or_its_schema(
    site: Site, tmp_path: Path
) -> None:
    cookies = "; ".join(f"{name}={value}" for name, value in site.cookies.items())
    ran = subprocess.run(
        [
            Path(sys.executable).with_name("st"),
            "run",
            f"{site.url}{SCHEMA}",
            f"--header=Cookie: {cookies}",
            "--checks=all",
            "--max-examples=15",
            "--seed=1",
            "--continue-on-failure",
        ],
        cwd=tmp_path,
        env={
            **os.environ,
            "KNOWN": json.dumps(known(site)),
            "PYTHONPATH": str(ROOT),
            "SCHEMATHESIS_HOOKS": "tests.schema_hooks",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stdout
    assert "8 selected / 8 total" in ran.stdout


def test_schema_is_valid_and_made_without_a_warning(site: Site) -> None:
    site.manage("spectacular", "--validate", "--fail-on-warn")


@pytest.fixture(scope="module")
def schema(site: Site) -> Any:
    return json.loads(site.get(f"{SCHEMA}?format=json").text)


def operation(schema: Any, path: str) -> Any:
    return schema["paths"][f"{API}{path}"]["get"]


def content(schema: Any, path: str) -> Any:
    return operation(schema, path)["responses"]["200"]["content"]


@pytest.mark.parametrize(
    ("path", "kinds"),
    [
        ("envelopes/", ["application/json"]),
        ("envelopes/{envelope_id}/", ["application/json"]),
        ("envelopes/{envelope_id}/stream/", ["text/event-stream", "application/json"]),
        (
            "envelopes/{envelope_id}/documents/{document_id}/",
            ["application/pdf", "application/octet-stream"],
        ),
    ],
)
def test_schema_tells_in_what_forms_a_path_answers(
    schema: Any, path: str, kinds: list[str]
) -> None:
    assert list(content(schema, path)) == kinds


def test_schema_tells_of_files_as_bytes(schema: Any) -> None:
    told = content(schema, "envelopes/{envelope_id}/documents/{document_id}/")
    binary = {"type": "string", "format": "binary"}
    assert told["application/pdf"]["schema"] == binary


def test_schema_tells_every_refusal_and_permission(schema: Any) -> None:
    for told in (path["get"] for path in schema["paths"].values()):
        answers = set(told["responses"])
        assert answers >= {"200", "401", "403", "429"}
        assert answers & {"400", "404"}
        assert "Retry-After" in told["responses"]["429"]["headers"]
        assert "permission `docusign_connect." in told["description"]


def test_schema_tells_how_to_poll(schema: Any) -> None:
    for path in ("envelopes/", "envelopes/{envelope_id}/", "messages/"):
        told = operation(schema, path)
        assert "If-None-Match" in [each["name"] for each in told["parameters"]]
        assert "ETag" in told["responses"]["304"]["headers"]


def test_schema_tells_the_words_that_parameters_take(schema: Any) -> None:
    told = {
        each["name"]: each["schema"]
        for each in operation(schema, "messages/")["parameters"]
    }
    assert told["ordering"]["enum"] == ["-received_at", "received_at"]
    assert sorted(told["status"]["items"]["enum"])[0] == "abandoned"


def test_schema_tells_of_custom_fields_as_names_and_values(schema: Any) -> None:
    told = schema["components"]["schemas"]["ConnectEnvelope"]["properties"]
    assert told["custom_fields"]["type"] == "object"
    assert told["custom_fields"]["additionalProperties"] == {"type": "string"}
    assert told["target"]["nullable"] is True


def test_schema_has_only_components_that_no_project_has_of_that_name(
    schema: Any,
) -> None:
    for name in schema["components"]["schemas"]:
        assert name.startswith(("Connect", "PaginatedConnect"))


def test_subclass_is_described_but_for_what_it_describes_itself(site: Site) -> None:
    options = ["--urlconf=tests.described_api", "--format=openapi-json"]
    paths = json.loads(site.manage("spectacular", "--fail-on-warn", *options))["paths"]
    own = paths["/v1/envelopes/"]["get"]
    ours = paths["/v1/envelopes/{envelope_id}/"]["get"]
    assert own["description"] == "Those of ours."
    assert ours["description"].startswith("One envelope, with its recipients")
    assert "429" in ours["responses"]
