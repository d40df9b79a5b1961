"""Tables of what was measured, and the same as JSON."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]


def print_table(title: str, rows: list[Row]) -> None:
    """Print rows of the same columns: texts to the left, numbers to the right."""
    print(title)
    columns = list(dict.fromkeys(name for row in rows for name in row))
    texts = [columns, *([_text(row.get(name)) for name in columns] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    for line in texts:
        cells = zip(line, columns, widths, strict=True)
        print(
            "  ".join(
                f"{text:{'<' if _is_text(rows, name) else '>'}{width}}"
                for text, name, width in cells
            ).rstrip()
        )
    print(flush=True)


def _is_text(rows: list[Row], name: str) -> bool:
    return any(isinstance(row.get(name), str) for row in rows)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.2f}" if abs(value) < 10 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
