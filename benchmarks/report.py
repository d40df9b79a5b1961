"""Tables of what was measured."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]


def print_tables(rows: list[Row]) -> None:
    """Print rows, each in the table that it names."""
    for table in dict.fromkeys(row["table"] for row in rows):
        print_table(table, [row for row in rows if row["table"] == table])


def print_table(title: str, rows: list[Row]) -> None:
    """Print rows under the names of their columns: texts left, numbers right."""
    print(title)
    columns = dict.fromkeys(name for row in rows for name in row if name != "table")
    cells = [[*map(_text, [row.get(name) for name in columns])] for row in rows]
    lines = [list(columns), *cells]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    sides = ["<" if _is_text(rows, name) else ">" for name in columns]
    for line in lines:
        padded = [
            f"{text:{side}{width}}"
            for text, side, width in zip(line, sides, widths, strict=True)
        ]
        print("  ".join(padded).rstrip())
    print(flush=True)


def _is_text(rows: list[Row], name: str) -> bool:
    return any(isinstance(row.get(name), str) for row in rows)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.2f}" if abs(value) < 10 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
