"""CPU time of a request in process, ours beside a floor's, and its statements.

Both sides get the same messages, in turns of some 60. The time of a turn is divided by
its messages.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, connections

from benchmarks import floors
from benchmarks.client import environ
from benchmarks.messages import forged, sign_by, signed
from benchmarks.rounds import compared, in_turns
from benchmarks.targets import OURS, floor, listen, ours, processor
from django_docusign_connect.models import ConnectMessage, Envelope, Recipient
from django_docusign_connect.signals import connect_event
from django_docusign_connect.simulator import write_messages

TIMES = "CPU time of a request"
DATA = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


@dataclass(frozen=True)
class Path:
    """A way through the receiver, and what it is measured against."""

    name: str
    kind: str
    processor: str
    floor: str
    must: float
    aim: float


PATHS = (
    Path("acknowledge", "new", "deferred", "floor-1", 1.4, 1.2),
    Path("everything", "new", "immediate", "floor-2", 2.5, 1.7),
    Path("a forged post", "forged", "deferred", "floor-1", 0.6, 0.5),
    Path("a repeat", "repeat", "deferred", "floor-1", 1.2, 1.0),
)


def measure() -> Iterator[dict[str, Any]]:
    """Yield a row for each path, then two for the statements of each."""
    floors.create_tables()
    connect_event.connect(listen)
    application = WSGIHandler()
    for number, path in enumerate(PATHS):
        with processor(path.processor):
            yield compare(application, path, start=number * 1000)
    check()
    (nothing,) = in_turns(floor(application, "floor-0"))
    yield {"table": TIMES, "path": "(Django alone)", "against": "", "its µs": nothing}
    for number, path in enumerate(PATHS):
        with processor(path.processor):
            yield from count(application, path, start=number * 1000 + 500)


def compare(application: WSGIHandler, path: Path, *, start: int) -> dict[str, Any]:
    """Send the same messages to both sides, and compare their medians."""
    medians = in_turns(
        ours(application, path.kind), floor(application, path.floor), start=start
    )
    columns = compared(*medians, against=path.floor, must=path.must, aim=path.aim)
    return {"table": TIMES, "path": path.name, **columns}


def check() -> None:
    """Make sure that both sides have kept the same."""
    with connections[floors.DATABASE].cursor() as cursor:
        cursor.execute("SELECT envelope_id, status FROM floor_envelope")
        envelopes = set(cursor.fetchall())
        cursor.execute("SELECT envelope_id, email, status FROM floor_recipient")
        recipients = set(cursor.fetchall())
    told = Envelope.objects.exclude(status="").values_list("envelope_id", "status")
    by_recipient = Recipient.objects.values_list(
        "envelope__envelope_id", "email", "status"
    )
    if envelopes != {(str(envelope_id), *more) for envelope_id, *more in told}:
        raise SystemExit("The floor has other envelopes than the webhook.")
    if recipients != {(str(envelope_id), *more) for envelope_id, *more in by_recipient}:
        raise SystemExit("The floor has other recipients than the webhook.")
    if ConnectMessage.objects.exclude(error="").exists():
        raise SystemExit("A message failed.")


class Statements(Counter[str]):
    """Counts the statements on data, each by its first word."""

    def __call__(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        word = sql.split(None, 1)[0].upper()
        if word in DATA:
            self[word] += 1
        return execute(sql, *rest)


def count(
    application: WSGIHandler, path: Path, *, start: int
) -> Iterator[dict[str, Any]]:
    """Count a message's statements, for envelopes of 2 and of 12 recipients."""
    target = ours(application, path.kind)
    for recipients in (2, 12):
        story = sign_by(recipients, index=start)
        posts = [signed(message.body()) for message in write_messages(story)]
        if path.kind == "forged":
            posts = list(map(forged, posts))
        for post in posts if path.kind == "repeat" else ():
            target.send(environ(OURS, post))
        counted = []
        for post in posts:
            statements = Statements()
            with connection.execute_wrapper(statements):
                target.send(environ(OURS, post))
            counted.append(statements)
        totals = [one.total() for one in counted]
        most = max(counted, key=Counter.total)
        yield {
            "table": "Statements of a request",
            "path": path.name,
            "recipients": recipients,
            "median": statistics.median(totals),
            "most": max(totals),
            "of which": ", ".join(f"{n} {word}" for word, n in most.items()) or "none",
        }
