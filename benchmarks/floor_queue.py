"""The least that a worker could be by hand: claim, apply by floor 2's SQL, commit."""

from __future__ import annotations

import json

from django.db import connections, transaction

from benchmarks import floors
from benchmarks.messages import Post

CLAIM = "SELECT id, body FROM floor_queue WHERE processed IS NULL ORDER BY id LIMIT 1"
LOCKS = {"postgresql": " FOR UPDATE SKIP LOCKED", "sqlite": ""}


def create_table() -> None:
    connection = connections[floors.DATABASE]
    types = floors.TYPES[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE floor_queue (id {types['id']},"
            f" body {types['bytes']} NOT NULL, processed integer)"
        )
        cursor.execute(
            "CREATE INDEX floor_due ON floor_queue (id) WHERE processed IS NULL"
        )


def store(posts: list[Post]) -> None:
    with connections[floors.DATABASE].cursor() as cursor:
        for post in posts:
            cursor.execute("INSERT INTO floor_queue (body) VALUES (%s)", [post.body])


def work(turn: object = None) -> bool:
    """Process the next message in one transaction; return False if there is none."""
    connection = connections[floors.DATABASE]
    with transaction.atomic(using=floors.DATABASE), connection.cursor() as cursor:
        cursor.execute(CLAIM + LOCKS[connection.vendor])
        row = cursor.fetchone()
        if row is None:
            return False
        floors.apply(cursor, json.loads(bytes(row[1])))
        cursor.execute("UPDATE floor_queue SET processed = 1 WHERE id = %s", [row[0]])
    return True
