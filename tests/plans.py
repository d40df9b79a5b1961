"""How the database at hand finds what a statement asks for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction

#: Rows of which each is found by its key.
BY_KEYS = re.compile(r"\((rowid|envelope_id)=\?\)$")
#: A whole table, or a whole index that holds less of it than is asked for.
SCANNED = re.compile(r"SCAN (?!CONSTANT|\()\S+")


def explain(sql: str) -> str:
    """Return the database's plan for a statement, which names the indexes it uses."""
    word = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # It reads a table of a few rows whole, whatever its indexes.
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"{word} {sql}")
        return str(cursor.fetchall())


def refresh_statistics() -> None:
    """Let PostgreSQL and MariaDB look at what the tables hold; SQLite needs none.

    Outside a transaction. They first forget the rows that were deleted or changed, with
    which their plans would still reckon.
    """
    tables = [
        name
        for name in connection.introspection.table_names()
        if name.startswith("docusign_connect_")
    ]
    words = {"postgresql": "VACUUM (ANALYZE)", "mysql": "OPTIMIZE TABLE"}
    word = words.get(connection.vendor)
    with connection.cursor() as cursor:
        for table in tables if word else []:
            cursor.execute(f"{word} {table}")


def rows_read(sql: str) -> int:
    """Return how many rows of tables or indexes a statement reads.

    PostgreSQL and MariaDB count them; of a small table, MariaDB sorts all rows where
    it walks along an index of a large one, which is not counted. SQLite tells only its
    plan: 0 if it seeks or walks along an index, all rows of a table that it reads
    whole or sorts.
    """
    return {
        "postgresql": _counted_by_postgresql,
        "mysql": _counted_by_mariadb,
        "sqlite": _planned_by_sqlite,
    }[connection.vendor](sql)


def _counted_by_postgresql(sql: str) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        # It reads a table of some thousand rows whole, where keys find a few of them.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
        plan = cursor.fetchall()[0][0]
    found = json.loads(plan) if isinstance(plan, str) else plan
    names = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")
    return sum(
        int(sum(node.get(name, 0) for name in names) * node["Actual Loops"])
        for node in _nodes(found)
        if "Scan" in node.get("Node Type", "") and "Actual Loops" in node
    )


def _counted_by_mariadb(sql: str) -> int:
    if " WHERE " not in sql:
        return 0
    plan = json.loads(_fetch(f"ANALYZE FORMAT=JSON {sql}")[0][0])
    return sum(
        int((node.get("r_rows") or 0) * (node.get("r_loops") or 0))
        for node in _nodes(plan)
        if "access_type" in node
    )


def _planned_by_sqlite(sql: str) -> int:
    steps = [str(row[-1]) for row in _fetch(f"EXPLAIN QUERY PLAN {sql}")]
    is_whole = any(
        SCANNED.match(step) and (" USING " not in step or "LIMIT" not in sql)
        for step in steps
    )
    # What a few keys find is sorted at no cost.
    is_few = "LIMIT" not in sql or any(map(BY_KEYS.search, steps))
    is_sorted = not is_few and any("FOR ORDER BY" in step for step in steps)
    table = re.findall(r'FROM "(docusign_connect_\w+)"', sql)[0]
    rows: int = _fetch(f"SELECT COUNT(*) FROM {table}")[0][0]  # noqa: S608 - its name
    return rows if is_whole or is_sorted else 0


def _fetch(sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def _nodes(plan: Any) -> Iterator[dict[str, Any]]:
    """Yield a plan's parts, however deep they are."""
    if isinstance(plan, dict):
        yield plan
    parts = plan.values() if isinstance(plan, dict) else plan
    for part in parts if isinstance(plan, (dict, list)) else []:
        yield from _nodes(part)
