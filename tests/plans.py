"""How the database at hand finds what a statement asks for."""

from __future__ import annotations

from django.db import connection, transaction


def explain(sql: str) -> str:
    """Return the database's plan for a statement, which names the indexes it uses."""
    word = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # It reads a table of a few rows whole, whatever its indexes.
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"{word} {sql}")
        return str(cursor.fetchall())
