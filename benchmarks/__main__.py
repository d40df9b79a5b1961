"""Run the benchmarks: ``python -m benchmarks``, or only those that are named.

The grown tables take a quarter of an hour to fill, and are measured only when named.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import child, drain, memory, startup
from benchmarks.databases import environments
from benchmarks.machine import describe
from benchmarks.report import print_tables

Row = dict[str, Any]
RESULTS = Path(__file__).parent / "results"


def on_databases(
    module: str, *, aliases: tuple[str, ...] = ("floors",), **environ: str
) -> Iterable[Row]:
    """Yield what a module measures in a child for each database, named in each row."""
    with tempfile.TemporaryDirectory() as folder:
        for database, urls in environments(folder, aliases).items():
            for row in child.run(f"benchmarks.{module}", **urls, **environ):
                yield {"table": row.pop("table"), "database": database, **row}


def without_databases(module: str) -> Iterable[Row]:
    return child.run(f"benchmarks.{module}", DATABASE_URL="sqlite://:memory:")


BENCHMARKS: dict[str, Callable[[], Iterable[Row]]] = {
    "paths": partial(on_databases, "paths"),
    "formats": partial(on_databases, "formats"),
    "peer": partial(on_databases, "peer", PEER="1"),
    "worker": partial(on_databases, "worker"),
    "served": partial(on_databases, "served"),
    "streams": partial(on_databases, "streams", aliases=()),
    "parsers": partial(without_databases, "parsers"),
    "memory": memory.measure,
    "drain": drain.measure,
    "startup": startup.measure,
    "grown": partial(on_databases, "grown", aliases=("floors", "grown")),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--json", type=Path, help="the file for the rows, as JSON")
    options = parser.parse_args()
    machine = describe()
    print(", ".join(f"{name} {what}" for name, what in machine.items()), end="\n\n")
    rows: list[Row] = []
    for name in options.names or [name for name in BENCHMARKS if name != "grown"]:
        measured = list(BENCHMARKS[name]())
        print_tables(measured)
        rows += measured
    path = options.json or RESULTS / f"{machine['date']}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"machine": machine, "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
