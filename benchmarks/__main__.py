"""Run the benchmarks: ``python -m benchmarks``, or only those that are named."""

from __future__ import annotations

import sys
import tempfile
from itertools import groupby

from benchmarks import child, drain, memory
from benchmarks.databases import beside_floors
from benchmarks.report import print_table

NAMES = ("paths", "memory", "drain")


def main(names: list[str]) -> None:
    for name in names or NAMES:
        if name == "paths":
            with tempfile.TemporaryDirectory() as folder:
                rows = []
                for database, environ in beside_floors(folder).items():
                    for row in child.run("benchmarks.paths", **environ):
                        rows.append(
                            {"table": row.pop("table"), "database": database, **row}
                        )
            rows.sort(key=lambda row: row["table"])
            for table, of_table in groupby(rows, key=lambda row: row.pop("table")):
                print_table(table, list(of_table))
        else:
            {"memory": memory, "drain": drain}[name].main()


if __name__ == "__main__":
    main(sys.argv[1:])
