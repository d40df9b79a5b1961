from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil
import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connection
from rest_framework.test import APIClient

from django_docusign_connect.models import Envelope
from tests.api_client import ENVELOPES, client, signers, tell
from tests.bodies import sim
from tests.processes import wait_for
from tests.streaming import EVENTS, INTERVAL, SECONDS, Server, Stream, serving

pytestmark = pytest.mark.django_db(transaction=True)
Post = Callable[..., Any]


@pytest.fixture(scope="module")
def server(
    django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("streams")) as server:
        yield server


@pytest.fixture
def api() -> APIClient:
    return client("view_envelope")


@pytest.fixture
def open_stream(server: Server, api: APIClient) -> Iterator[Callable[..., Stream]]:
    """Open streams of the API, signed in, that are closed in the end."""
    opened: list[Stream] = []

    def open_stream(path: str, on: Server = server, **headers: str) -> Stream:
        opened.append(on.open(path, {"Cookie": cookie(api), **headers}))
        return opened[-1]

    yield open_stream
    for stream in opened:
        stream.close()


def cookie(api: APIClient) -> str:
    return f"sessionid={api.cookies['sessionid'].value}"


def stream_of(envelope_id: str) -> str:
    return f"{ENVELOPES}{envelope_id}/stream/"


def complete(post: Post, number: int = 1) -> None:
    later = "2022-09-23T00:00:00Z"
    summary = {"status": "completed", "emailSubject": f"Lease {number}"}
    envelope_id = str(UUID(int=number))
    body = sim(
        "envelope-completed",
        envelopeId=envelope_id,
        generated=later,
        summary=summary,
    )
    assert post(body).status_code == 200


def test_stream_begins_with_the_envelope_as_it_is(
    post: Post, open_stream: Callable[..., Stream], api: APIClient
) -> None:
    envelope_id = tell(post, recipients=signers("anna@example.com"))
    stream = open_stream(stream_of(envelope_id))
    event = stream.next_event()
    assert stream.lines[0].startswith("retry: ")
    assert stream.response.headers["Content-Type"] == "text/event-stream"
    assert event is not None
    detail = api.get(f"{ENVELOPES}{envelope_id}/")
    assert event.data | detail.json() == event.data
    assert detail.headers["ETag"] == f'W/"{event.id}"'


def test_change_is_told_within_an_interval(
    post: Post, open_stream: Callable[..., Stream]
) -> None:
    stream = open_stream(stream_of(tell(post)))
    first = stream.next_event()
    complete(post)
    began = time.monotonic()
    event = stream.next_event()
    assert time.monotonic() - began < INTERVAL + 2
    assert first is not None
    assert event is not None
    assert (first.data["status"], event.data["status"]) == ("sent", "completed")
    assert event.data["events"][0]["name"] == "envelope-completed"
    assert first.id != event.id


def test_client_that_comes_back_is_told_only_what_it_has_missed(
    post: Post, open_stream: Callable[..., Stream]
) -> None:
    path = stream_of(tell(post))
    first = open_stream(path).next_event()
    assert first is not None
    again = open_stream(path, **{"Last-Event-ID": first.id})
    complete(post)
    event = again.next_event()
    assert event is not None
    assert event.data["status"] == "completed"
    late = open_stream(path, **{"Last-Event-ID": first.id}).next_event()
    assert late == event


def test_stream_is_kept_open_by_comments_and_ends_in_time(
    post: Post, open_stream: Callable[..., Stream]
) -> None:
    stream = open_stream(stream_of(tell(post)))
    began = time.monotonic()
    stream.next_event()
    assert stream.next_event() is None
    assert SECONDS - 1 < time.monotonic() - began < SECONDS + 3
    assert stream.lines.count(":\n") >= 5


def test_what_is_told_is_in_the_language_of_the_reader(
    post: Post, open_stream: Callable[..., Stream]
) -> None:
    stream = open_stream(stream_of(tell(post)), **{"Accept-Language": "de"})
    stream.next_event()
    complete(post)
    event = stream.next_event()
    assert event is not None
    assert "September 2022" in event.data["events"][0]["occurred_at_label"]
    assert event.data["events"][0]["occurred_at_label"].startswith("22. ")


def test_event_is_not_held_back_by_compression(
    post: Post, open_stream: Callable[..., Stream]
) -> None:
    stream = open_stream(stream_of(tell(post)), **{"Accept-Encoding": "gzip"})
    event = stream.next_event()
    assert event is not None
    assert event.data["status"] == "sent"


@pytest.mark.parametrize(
    ("permissions", "number", "status"),
    [(["view_connectmessage"], 1, 403), (["view_envelope"], 404, 404)],
)
def test_who_may_not_see_an_envelope_gets_no_stream(
    post: Post,
    open_stream: Callable[..., Stream],
    permissions: list[str],
    number: int,
    status: int,
) -> None:
    tell(post)
    path = stream_of(str(UUID(int=number)))
    stream = open_stream(path, Cookie=cookie(client(*permissions)))
    assert stream.response.status == status
    assert stream.response.headers["Content-Type"] == "application/json"


def test_who_is_not_signed_in_gets_no_stream(
    post: Post, open_stream: Callable[..., Stream]
) -> None:
    stream = open_stream(stream_of(tell(post)), Cookie="")
    assert stream.response.status in (401, 403)


def lose_permission(user: User) -> None:
    user.user_permissions.clear()


def be_deactivated(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def log_out(user: User) -> None:
    Session.objects.all().delete()


@pytest.mark.parametrize("lose", [lose_permission, be_deactivated, log_out])
def test_who_may_see_no_more_is_told_no_more(
    post: Post, open_stream: Callable[..., Stream], lose: Callable[[User], None]
) -> None:
    stream = open_stream(stream_of(tell(post)))
    stream.next_event()
    lose(User.objects.get())
    began = time.monotonic()
    complete(post)
    assert stream.next_event() is None
    assert time.monotonic() - began < SECONDS / 2


def test_customer_who_has_logged_out_is_told_no_more(
    post: Post, open_stream: Callable[..., Stream], server: Server
) -> None:
    customer = client()
    user = User.objects.get(pk=customer.session["_auth_user_id"])
    Envelope.objects.track(tell(post), target=user)
    stream = open_stream("/mine/", Cookie=cookie(customer))
    stream.next_event()
    log_out(user)
    complete(post)
    assert stream.next_event() is None
    assert "Traceback" not in server.log.read_text()


def test_stream_of_an_envelope_that_is_deleted_ends(
    post: Post, open_stream: Callable[..., Stream]
) -> None:
    stream = open_stream(stream_of(tell(post)))
    stream.next_event()
    began = time.monotonic()
    Envelope.objects.all().delete()
    assert stream.next_event() is None
    assert time.monotonic() - began < SECONDS / 2


def test_narrowed_view_narrows_the_stream_too(
    post: Post, open_stream: Callable[..., Stream]
) -> None:
    User.objects.update(first_name="ours")
    path = f"/tenant/envelopes/{tell(post)}/stream/"
    assert open_stream(path).response.status == 404
    Envelope.objects.update(account_id="ours")
    stream = open_stream(path)
    assert stream.next_event() is not None
    Envelope.objects.update(account_id="theirs", subject="Not for you")
    complete(post)
    assert stream.next_event() is None


def test_project_gives_its_customers_a_view_of_their_own(
    post: Post, open_stream: Callable[..., Stream]
) -> None:
    customer, other = client(), client()
    user = User.objects.get(pk=customer.session["_auth_user_id"])
    envelope_id = tell(post, recipients=signers("anna@example.com"))
    Envelope.objects.track(envelope_id, target=user)
    assert open_stream("/mine/", Cookie=cookie(other)).response.status == 404
    stream = open_stream("/mine/", Cookie=cookie(customer))
    stream.next_event()
    complete(post)
    event = stream.next_event()
    assert event is not None
    assert event.data["status_label"] == "Completed"
    assert "events" not in event.data
    assert "recipients" not in event.data


def test_throttles_of_the_project_count_streams(
    post: Post, tmp_path: Path, open_stream: Callable[..., Stream]
) -> None:
    path = stream_of(tell(post))
    with serving(tmp_path, THROTTLE_RATE="2/hour") as server:
        answers = [open_stream(path, on=server).response for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_many_streams_cost_one_query_in_an_interval(
    post: Post, server: Server, open_stream: Callable[..., Stream]
) -> None:
    paths = [stream_of(tell(post, number)) for number in range(1, 11)]
    for stream in [open_stream(path) for path in paths for _ in range(3)]:
        stream.next_event()
    before, began = server.looks(), time.monotonic()
    time.sleep(2)
    looks, seconds = server.looks() - before, time.monotonic() - began
    assert 3 <= looks <= seconds / INTERVAL + 1


#: How many connections there are to a database, in the SQL of its server.
COUNTS = {
    "postgresql": "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = %s",
    "mysql": "SELECT COUNT(*) FROM information_schema.processlist WHERE db = %s",
}


def count_connections(server: Server) -> int:
    """Return how many there are; of SQLite, a few files may stay open for later."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        files = psutil.Process(server.process.pid).open_files()
        return [file.path for file in files].count(name)
    with connection.cursor() as cursor:
        cursor.execute(COUNTS[connection.vendor], [name])
        return int(cursor.fetchone()[0])


def test_streams_hold_no_connection_to_the_database(
    post: Post, server: Server, open_stream: Callable[..., Stream]
) -> None:
    path = stream_of(tell(post))
    for stream in [open_stream(path) for _ in range(20)]:
        stream.next_event()
    wait_for(lambda: count_connections(server) <= 4, seconds=SECONDS / 2)


def test_looks_end_with_the_last_client(
    post: Post, server: Server, open_stream: Callable[..., Stream]
) -> None:
    streams = [open_stream(stream_of(tell(post))) for _ in range(3)]
    for stream in streams:
        stream.next_event()
        stream.close()

    def is_quiet() -> bool:
        before = server.looks()
        time.sleep(4 * INTERVAL)
        return server.looks() == before

    wait_for(is_quiet, seconds=SECONDS / 2)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_server_that_is_told_to_end_ends_its_streams(
    post: Post, tmp_path: Path, open_stream: Callable[..., Stream], number: int
) -> None:
    path = stream_of(tell(post))
    with serving(tmp_path, STREAM_SECONDS="300") as server:
        streams = [open_stream(path, on=server) for _ in range(5)]
        for stream in streams:
            stream.next_event()
        began = time.monotonic()
        os.kill(server.process.pid, number)
        server.process.wait(timeout=20)
        assert time.monotonic() - began < 5
        assert [stream.next_event() for stream in streams] == [None] * 5


def test_database_that_goes_away_ends_no_stream(
    post: Post, server: Server, open_stream: Callable[..., Stream]
) -> None:
    stream = open_stream(stream_of(tell(post)))
    stream.next_event()
    with connection.schema_editor() as editor:
        rename = "ALTER TABLE {} RENAME TO {}"
        editor.execute(rename.format("docusign_connect_envelope", "away"))
    time.sleep(4 * INTERVAL)
    with connection.schema_editor() as editor:
        editor.execute(rename.format("away", "docusign_connect_envelope"))
    complete(post)
    event = stream.next_event()
    assert event is not None
    assert event.data["status"] == "completed"


def test_server_without_streams_says_so_to_who_takes_nothing_else(
    post: Post, api: APIClient
) -> None:
    answer = api.get(stream_of(tell(post)), headers=EVENTS)
    assert (answer.status_code, answer.content) == (204, b"")
    assert "Accept" in answer.headers["Vary"]


def test_envelope_is_told_once_to_who_polls(post: Post, api: APIClient) -> None:
    path = stream_of(tell(post))
    first = api.get(path, headers={"Accept": "application/json"})
    assert first.json()["status_label"] == "Sent"
    etag = {"Accept": "application/json", "If-None-Match": first.headers["ETag"]}
    assert api.get(path, headers=etag).status_code == 304
    complete(post)
    assert api.get(path, headers=etag).json()["status_label"] == "Completed"


def test_form_that_nobody_gives_is_refused(post: Post, api: APIClient) -> None:
    answer = api.get(stream_of(tell(post)), headers={"Accept": "image/png"})
    assert answer.status_code == 406


def test_asking_for_the_headers_opens_no_stream(
    post: Post, server: Server, api: APIClient
) -> None:
    headers = {**EVENTS, "Cookie": cookie(api)}
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=20)) as connection:
        connection.request("HEAD", stream_of(tell(post)), headers=headers)
        response = connection.getresponse()
        assert response.status == 200
        assert response.headers["Content-Type"] == "text/event-stream"
        before = server.looks()
        time.sleep(4 * INTERVAL)
        assert server.looks() == before


def test_timeline_tells_the_latest_hundred(post: Post, api: APIClient) -> None:
    envelope_id = tell(post)
    for minute in range(101):
        hour, rest = divmod(minute, 60)
        post(
            sim(
                "envelope-resent",
                envelopeId=envelope_id,
                generated=f"2022-09-24T{hour:02}:{rest:02}:00Z",
            )
        )
    told = api.get(stream_of(envelope_id)).json()
    assert len(told["events"]) == 100
    assert told["events"][0]["occurred_at"] == "2022-09-24T01:40:00Z"
    assert told["has_earlier_events"] is True
