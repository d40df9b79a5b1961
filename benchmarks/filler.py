"""Fill the tables with a year of messages, as a busy host has them.

    python -m benchmarks.filler DATABASE_URL MESSAGES

migrates the database, which must exist and be empty (an SQLite file is made), and
fills it. Ten envelopes are told to the webhook, with four messages each; the rows that
come of it are multiplied by SQL, each copy with keys, IDs, addresses and times of its
own. Of PostgreSQL, that takes a superuser: no foreign key is checked.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import django
from django.apps import apps
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Max

from benchmarks.client import call, environ
from benchmarks.messages import Post, signed
from django_docusign_connect.signals import connect_event
from django_docusign_connect.simulator import tell
from django_docusign_connect.simulator.wire import Message

ENVELOPES, MESSAGES = 10, 4
SCENARIOS = ("signed-by-two", "signed-by-two", "carbon-copies", "declined")
YEAR = 365 * 24 * 3600
GIVEN_UP = 2000  # one message in so many was abandoned
CHUNK_NAME = "docusign_connect.FileChunk.name"
DIGESTS = ("identity", "digest", "sha256")
SHIFTED = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', {0}, -{1} || ' seconds')",
    "postgresql": "{0} - {1} * interval '1 second'",
}
#: Eight hexadecimal digits that differ for each number up to 2 ** 32, well scattered.
SCATTERED = {
    "sqlite": "printf('%08x', (copy.n * 2654435761) % 4294967296)",
    "postgresql": "lpad(to_hex((copy.n * 2654435761) % 4294967296), 8, '0')",
}
UUIDS = {
    "sqlite": "{1} || substr({0}, 9)",
    "postgresql": "({1} || substr({0}::text, 9))::uuid",
}


def fill(messages: int) -> None:
    """Fill the empty tables of the default database with so many messages."""
    connect_event.connect(listen)
    application = WSGIHandler()
    for index in range(ENVELOPES):
        for post in lifecycle(index):
            call(application, environ("/docusign/connect/", post))
    connect_event.disconnect(listen)
    models_of_app = apps.get_app_config("docusign_connect").get_models()
    kept = [
        model
        for model in models_of_app
        if not model._meta.proxy and model._base_manager.exists()
    ]
    with unchecked(), connection.cursor() as cursor:
        multiply(cursor, kept, copies=messages // (ENVELOPES * MESSAGES))
        cursor.execute(
            "UPDATE docusign_connect_connectmessage SET status = 'abandoned',"
            f" error = 'ValueError: no' WHERE id % {GIVEN_UP} = 0"
        )
        for sql in connection.ops.sequence_reset_sql(no_style(), kept):
            cursor.execute(sql)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def listen(**arguments: Any) -> None:
    """Hear an event, so that there are runs of a receiver."""


def lifecycle(index: int) -> list[Post]:
    """Return four messages about an envelope; the last one brings a document."""
    scenario = SCENARIOS[index % len(SCENARIOS)]
    told = [
        moment
        for moment in tell(scenario, seed=2, index=index)
        if moment.event.startswith("envelope-")
    ]
    documents = tell("with-documents", seed=2, index=index)[-1].envelope.documents
    last = replace(
        told[-1], envelope=replace(told[-1].envelope, documents=documents[:1])
    )
    return [
        signed(Message(moment=moment).body())
        for moment in (*told[: MESSAGES - 1], last)
    ]


def multiply(
    cursor: CursorWrapper, kept: list[type[models.Model]], *, copies: int
) -> None:
    """Add copies of all rows: the first of a year ago, the last of today."""
    cursor.execute(
        "CREATE TEMPORARY TABLE copy AS WITH RECURSIVE number (n) AS (SELECT"
        " CAST(1 AS bigint) UNION ALL SELECT n + 1 FROM number"
        f" WHERE n + 1 < {copies}) SELECT n FROM number"
    )
    strides = {model: _stride(model) for model in kept}
    for model in kept:
        table = model._meta.db_table
        told = f"told_{table}"
        cursor.execute(f"CREATE TEMPORARY TABLE {told} AS SELECT * FROM {table}")
        values = {
            field.column: _value(field, strides, seconds=YEAR // copies, copies=copies)
            for field in model._meta.concrete_fields
            if not field.generated
        }
        columns = ", ".join(map(_quoted, values))
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {', '.join(values.values())}"
            f" FROM copy CROSS JOIN {told} AS told"
        )


def _quoted(column: str | None) -> str:
    return connection.ops.quote_name(str(column))


def _stride(model: type[models.Model]) -> int:
    last: int | None = model._base_manager.aggregate(last=Max("pk"))["last"]
    return last or 0


def _value(
    field: models.Field[Any, Any],
    strides: dict[type[models.Model], int],
    *,
    seconds: int,
    copies: int,
) -> str:
    """Return the SQL of what a copy has in a column."""
    column = f"told.{_quoted(field.column)}"
    scattered = SCATTERED[connection.vendor]
    owner = field.model if field.primary_key else field.related_model
    if owner in strides:
        return f"{column} + copy.n * {strides[owner]}"
    if isinstance(field, models.DateTimeField):
        ago = f"(({copies} - copy.n) * {seconds})"
        return SHIFTED[connection.vendor].format(column, ago)
    if isinstance(field, models.UUIDField):
        return UUIDS[connection.vendor].format(column, scattered)
    if field.column in DIGESTS:
        return f"{scattered} || substr({column}, 9)"
    if "email" in column:
        return f"replace({column}, '@', '.' || copy.n || '@')"
    if isinstance(field, models.FileField) or str(field) == CHUNK_NAME:
        return f"CASE {column} WHEN '' THEN '' ELSE {column} || '-' || copy.n END"
    return column


@contextmanager
def unchecked() -> Iterator[None]:
    """Check no foreign key, and lose all if the machine stops: nothing is precious."""
    options = {
        "sqlite": (
            ["PRAGMA foreign_keys=OFF", "PRAGMA journal_mode=OFF"],
            ["PRAGMA foreign_keys=ON", "PRAGMA journal_mode=WAL"],
        ),
        "postgresql": (
            ["SET session_replication_role = replica"],
            ["SET session_replication_role = DEFAULT"],
        ),
    }
    before, after = options[connection.vendor]
    _execute(before)
    with transaction.atomic():
        yield
    _execute(after)


def _execute(statements: list[str]) -> None:
    for sql in statements:
        # A cursor of its own, closed at once: of what SQLite answers, nothing is read.
        with connection.cursor() as cursor:
            cursor.execute(sql)


def main(url: str, messages: str) -> None:
    os.environ["DATABASE_URL"] = url
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    django.setup()
    call_command("migrate", verbosity=0)
    fill(int(messages))


if __name__ == "__main__":
    main(*sys.argv[1:])
