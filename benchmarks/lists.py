"""The lists of the admin and the API with many messages stored, beside few.

    python -m benchmarks.lists

Each database is filled with 10,000 and with 1,000,000 messages (``LISTS_MESSAGES``;
fewer have no page 50), each read by a process of its own; the two are asked in turns.
The times are CPU times, those of PostgreSQL's backend included, for a whole page as the
browser gets it. Files of SQLite are in ``LISTS_FOLDER`` (a temporary one). What is
filled already is used as it is, so that the next run is quick; to drop it is up to you.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from statistics import median

from benchmarks.databases import databases
from benchmarks.report import Row, print_tables

SIZES = os.environ.get("LISTS_MESSAGES", "10000,1000000").split(",")
ROUNDS = int(os.environ.get("LISTS_ROUNDS", "15"))


def measure() -> Iterator[Row]:
    """Yield the times of each page, a table for each database."""
    with ExitStack() as stack:
        folder = os.environ.get("LISTS_FOLDER") or stack.enter_context(
            tempfile.TemporaryDirectory()
        )
        for name, url in databases(folder).items():
            if name != "MariaDB":  # The filler does not speak its SQL.
                table = f"{name}: milliseconds of CPU with so many messages"
                yield from ({"table": table, **row} for row in compare(url))


def compare(url: str) -> Iterator[Row]:
    """Yield the time of each page with few and with many messages, and the ratio."""
    with ExitStack() as stack:
        readers = [stack.enter_context(reader(url, size)) for size in SIZES]
        pages = [json.loads(ask(one, "")) for one in readers]
        for page in pages[0]:
            times: list[list[float]] = [[] for _ in readers]
            for _round in range(ROUNDS):
                for one, urls, found in zip(readers, pages, times, strict=True):
                    found.append(1000 * float(ask(one, urls[page])))
            # The first time, a page's template and statistics are yet to be read.
            few, *_, many = (median(found[1:]) for found in times)
            counts = {
                f"{int(size):,}": round(median(found[1:]), 1)
                for size, found in zip(SIZES, times, strict=True)
            }
            yield {"page": page, **counts, "ratio": many / few}


@contextmanager
def reader(url: str, size: str) -> Iterator[subprocess.Popen[str]]:
    """Start a process that reads pages of the database with so many messages."""
    path, _, options = url.partition("?")
    with subprocess.Popen(
        [sys.executable, "-m", "django", "read_lists", size],
        env={
            **os.environ,
            "DATABASE_URL": f"{path}_lists_{size}" + (f"?{options}" if options else ""),
            "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.stdin.close()  # type: ignore[union-attr]  # it is a pipe


def ask(process: subprocess.Popen[str], question: str) -> str:
    """Return a reader's answer: the pages' URLs, or how long one of them took."""
    print(question, file=process.stdin, flush=True)
    answer = process.stdout.readline()  # type: ignore[union-attr]  # it is a pipe
    if not answer:
        raise SystemExit("A reader ended; it has told why.")
    return answer


if __name__ == "__main__":
    print_tables(list(measure()))
