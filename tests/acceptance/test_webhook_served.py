"""What only a real server shows: bodies that come in chunks, or never."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from django_docusign_connect.authentication.signatures import sign
from tests.bodies import sample, sim
from tests.conftest import KEY
from tests.serving import Server, answer, serve

PATH = "/docusign/connect/"
LIMIT = 64 * 1024 * 1024
ACCEPTED = (200, b'{"status": "accepted"}')


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serve("tests.settings", tmp_path_factory.mktemp("served")) as server:
        yield server


def signature(body: bytes) -> dict[str, str]:
    return {"X-DocuSign-Signature-1": sign(body, KEY).decode()}


def test_body_of_an_announced_length_is_accepted(server: Server) -> None:
    body = sample("json/envelope_completed_full.json")
    assert server.post(PATH, body, signature(body)) == ACCEPTED


def test_body_in_chunks_is_accepted_whole(server: Server) -> None:
    body = sim("envelope-sent", summary={"emailSubject": "x" * 200_000})
    pieces = (body[start : start + 5000] for start in range(0, len(body), 5000))
    assert server.post(PATH, pieces, signature(body)) == ACCEPTED
    sizes = [row["size"] for row in server.rows("docusign_connect.connectmessage")]
    assert len(body) in sizes


def test_announced_length_over_the_limit_is_refused_before_the_body_is_read(
    server: Server,
) -> None:
    with server.connect() as connection:
        connection.putrequest("POST", PATH)
        connection.putheader("Content-Length", str(LIMIT + 1))
        connection.endheaders()
        assert answer(connection) == (413, b"")


def test_body_in_chunks_is_refused_as_soon_as_it_passes_the_limit(
    server: Server,
) -> None:
    with server.connect() as connection:
        connection.putrequest("POST", PATH)
        connection.putheader("Transfer-Encoding", "chunked")
        connection.endheaders()
        for _ in range(LIMIT // 2**20):
            connection.send(b"100000\r\n" + bytes(2**20) + b"\r\n")
        connection.send(b"20000\r\n" + bytes(0x20000))  # and no end of the body
        assert answer(connection) == (413, b"")


def test_body_shorter_than_announced_is_not_kept(server: Server) -> None:
    body = sim("envelope-voided")
    with server.connect() as connection:
        connection.putrequest("POST", PATH)
        connection.putheader("Content-Length", str(len(body)))
        for name, value in signature(body).items():
            connection.putheader(name, value)
        connection.endheaders(body[:-1])
    events = {row["event"] for row in server.rows("docusign_connect.connectmessage")}
    assert "envelope-voided" not in events
