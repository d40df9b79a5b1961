"""CPU time with a million messages of 250,000 envelopes kept, beside that with none.

``BENCH_GROWN`` says with how many messages. The same are sent to both databases, in
turns; the floors' tables are filled as ours are.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, connections
from django.db.backends.utils import CursorWrapper

from benchmarks import filler, floors
from benchmarks.client import environ
from benchmarks.databases import swapped
from benchmarks.messages import mix
from benchmarks.rounds import ROUNDS, Side, cpu_of, in_turns
from benchmarks.targets import OURS, Target, floor, listen, ours, processor
from django_docusign_connect.models import ConnectMessage
from django_docusign_connect.signals import connect_event

MESSAGES = int(os.environ.get("BENCH_GROWN") or "1000000")
CLAIM_SECONDS = 60
FLOORS = {
    "floor_message": ("key", "body"),
    "floor_envelope": floors.ENVELOPE_COLUMNS,
    "floor_recipient": floors.RECIPIENT_COLUMNS,
}
NAMED = ("key", "envelope_id")


@dataclass(frozen=True)
class Grown:
    """A side that works on the filled database."""

    side: Side

    def __call__(self, index: int) -> float:
        with ExitStack() as stack:
            for alias in ("default", "floors"):
                stack.enter_context(swapped(alias, "grown"))
            return self.side(index)


@dataclass(frozen=True)
class Case:
    """What is done on both databases, and how much more it may take on the filled."""

    name: str
    processor: str
    side: Side
    must: float | None = None
    aim: float | None = None


def measure() -> Iterator[dict[str, Any]]:
    """Yield a row for each path, each floor and the claim."""
    application = WSGIHandler()
    floors.create_tables()
    with swapped("default", "grown"):
        filler.fill(MESSAGES)
        with swapped("floors", "grown"):
            floors.create_tables()
            fill_floors(application)
    connect_event.connect(listen)
    cases = (
        Case("acknowledge", "deferred", ours(application), 1.2, 1.1),
        Case("everything", "immediate", ours(application), 1.2, 1.1),
        Case("claim of the next due one", "deferred", claim, 1.2, 1.05),
        Case("floor-1", "deferred", floor(application, "floor-1")),
        Case("floor-2", "deferred", floor(application, "floor-2")),
    )
    for number, case in enumerate(cases):
        yield compare(case, start=100_000 + number * 1000)


def compare(case: Case, *, start: int) -> dict[str, Any]:
    sides = case.side, Grown(case.side)
    with processor(case.processor):
        empty, grown = in_turns(*sides, start=start, rounds=ROUNDS // 2)
    return {
        "table": f"CPU time with {MESSAGES:,} messages kept",
        "path": case.name,
        "empty µs": empty,
        "grown µs": grown,
        "ratio": grown / empty,
        "must": case.must,
        "aim": case.aim,
    }


def claim(index: int) -> float:
    """Claim the messages of a round one by one; then be done with them."""
    posts = mix(index)
    target = Target(WSGIHandler(), OURS)
    for post in posts:
        target.send(environ(OURS, post))
    claimed: list[ConnectMessage] = []

    def claim_next(turn: int) -> None:
        claimed.extend(ConnectMessage.objects.claim_due(limit=1, seconds=CLAIM_SECONDS))

    seconds = cpu_of(claim_next, range(len(posts)))
    if len(claimed) != len(posts):
        raise SystemExit(f"{len(claimed)} messages of {len(posts)} were due.")
    for message in claimed:
        message.mark_processed()
    return seconds


def fill_floors(application: WSGIHandler) -> None:
    """Multiply the rows of ten envelopes, by the copies that ours are multiplied by."""
    target = floor(application, "floor-2")
    for index in range(filler.ENVELOPES):
        for post in filler.lifecycle(index):
            target.send(environ(target.path, post))
    with connections[floors.DATABASE].cursor() as cursor:
        for table, columns in FLOORS.items():
            multiply(cursor, table, columns)
    if connection.vendor == "postgresql":
        with connections[floors.DATABASE].cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def multiply(cursor: CursorWrapper, table: str, columns: tuple[str, ...]) -> None:
    scattered = filler.SCATTERED[connection.vendor]
    values = [
        f"{scattered} || substr(told.{name}, 9)" if name in NAMED else f"told.{name}"
        for name in columns
    ]
    cursor.execute(f"CREATE TEMPORARY TABLE told_{table} AS SELECT * FROM {table}")
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)}"
        f" FROM copy CROSS JOIN told_{table} AS told"
    )
