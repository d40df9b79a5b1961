"""Sixteen who post at once to a real server on SQLite, which has one writer at a time.

Each is answered with 200, or with 503 when the lock cannot be had in time and with 200
when it posts again; never with an error page, and what got 200 is never lost.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from django_docusign_connect.authentication.signatures import sign
from tests.bodies import sim
from tests.conftest import KEY
from tests.processes import wait_for
from tests.serving import Answer, Server, serve

POSTERS = 16
WORKERS = "--workers=4"  # of four threads each
PATH = "/docusign/connect/"
ACCEPTED = (200, b'{"status": "accepted"}')
DUPLICATE = (200, b'{"status": "duplicate"}')
PUT_OFF = (503, b"")


@contextmanager
def serving(settings: str, folder: Path) -> Iterator[Server]:
    with serve(settings, folder, GUNICORN_CMD_ARGS=WORKERS) as server:
        yield server


def post(server: Server, body: bytes) -> Answer:
    headers = {"X-DocuSign-Signature-1": sign(body, KEY).decode()}
    return server.post(PATH, body, headers)


def deliver(server: Server, body: bytes) -> list[Answer]:
    """Post until it is acknowledged, as DocuSign does; return all the answers."""
    answers: list[Answer] = []
    while not answers or answers[-1] == PUT_OFF:
        assert len(answers) < 500, "It was never acknowledged."
        answers.append(post(server, body))
    return answers


def deliver_at_once(server: Server, bodies: Sequence[bytes]) -> list[list[Answer]]:
    with ThreadPoolExecutor(POSTERS) as posters:
        return list(posters.map(partial(deliver, server), bodies))


def bodies(count: int) -> list[bytes]:
    """Write messages about as many facts, of a few envelopes."""
    return [
        sim(
            "envelope-resent",
            envelopeId=f"{number % 5:032}",
            generated=f"2022-09-22T15:{number // 60:02}:{number % 60:02}Z",
        )
        for number in range(count)
    ]


def messages(server: Server) -> list[dict[str, Any]]:
    return server.rows("docusign_connect.connectmessage")


def is_done(server: Server) -> bool:
    """Process what is due; return whether that was all."""
    server.manage("docusign_process", "--verbosity=0")
    return {message["status"] for message in messages(server)} == {"processed"}


@contextmanager
def locked(server: Server) -> Iterator[None]:
    """Write to the server's database all the while."""
    file = server.environment["DATABASE_URL"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        yield
        writer.execute("ROLLBACK")


def test_posters_of_a_patient_server_are_all_answered_with_200(tmp_path: Path) -> None:
    told = bodies(80)
    with serving("tests.settings", tmp_path) as server:
        assert deliver_at_once(server, told) == [[ACCEPTED]] * len(told)
        kept = messages(server)
        events = server.rows("docusign_connect.envelopeevent")
    assert {message["status"] for message in kept} == {"processed"}
    assert len(kept) == len(events) == len(told)


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("impatient")
    with serving("tests.impatient_settings", folder) as server:
        yield server


def test_posters_that_cannot_have_the_lock_are_put_off_and_accepted_later(
    impatient: Server,
) -> None:
    before = len(messages(impatient))
    told = bodies(POSTERS)
    with locked(impatient), ThreadPoolExecutor(POSTERS) as posters:
        answers = list(posters.map(partial(post, impatient), told))
        assert answers == [PUT_OFF] * POSTERS
    assert len(messages(impatient)) == before
    for answer in (ACCEPTED, DUPLICATE):
        answered = deliver_at_once(impatient, told)
        assert [answers[-1] for answers in answered] == [answer] * POSTERS
    assert len(messages(impatient)) == before + POSTERS


def test_posters_in_each_others_way_lose_nothing_that_was_acknowledged(
    impatient: Server,
) -> None:
    before = len(messages(impatient))
    told = bodies(200)[POSTERS:]
    answered = deliver_at_once(impatient, told)
    assert {answers[-1] for answers in answered} == {ACCEPTED}
    assert len(messages(impatient)) == before + len(told)
    wait_for(lambda: is_done(impatient), seconds=60)
    events = impatient.rows("docusign_connect.envelopeevent")
    assert len(events) == before + len(told)


def test_message_that_sixteen_post_at_once_is_accepted_once(impatient: Server) -> None:
    before = len(messages(impatient))
    answered = deliver_at_once(impatient, [sim("envelope-sent")] * POSTERS)
    last = Counter(answers[-1] for answers in answered)
    assert last == {ACCEPTED: 1, DUPLICATE: POSTERS - 1}
    assert len(messages(impatient)) == before + 1
