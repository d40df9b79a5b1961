"""Peak memory for one message with a 25 MiB PDF, beside the size of its body.

Each case is a process of its own: it receives a small message first, so that all is
loaded, then the large one from a file. What counts is the peak above the size it had
in between.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

from benchmarks.databases import databases
from benchmarks.messages import KEY, with_document
from django_docusign_connect.authentication.signatures import sign

DOCUMENT_BYTES = 25 * 1024 * 1024
#: The processor of a path, and how many times its body a message must and is to take.
PATHS = {"acknowledge": ("deferred", 2.0, 1.3), "everything": ("immediate", 4.0, 3.0)}


def measure() -> Iterator[dict[str, Any]]:
    """Yield the peak and its ratio to the body, for each case."""
    with tempfile.TemporaryDirectory() as folder:
        bodies = [Path(folder) / format_name for format_name in ("sim", "xml")]
        for body in bodies:
            body.write_bytes(with_document(body.name, DOCUMENT_BYTES))
        cases = product(bodies, databases(folder).items(), PATHS)
        for body, (database, url), path in cases:
            yield row(path, body, database=database, url=url)


def row(path: str, body: Path, *, database: str, url: str) -> dict[str, Any]:
    processor, must, aim = PATHS[path]
    found = receive(body, url, processor)
    size, peak = found["size"] / 2**20, found["peak"] / 2**20
    return {
        "table": "Peak memory for a message with a PDF of 25 MiB",
        "database": database,
        "format": body.name,
        "path": path,
        "body MiB": size,
        "peak MiB": peak,
        "ratio": peak / size,
        "must": must,
        "aim": aim,
    }


def receive(body: Path, url: str, processor: str) -> dict[str, Any]:
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.receive_one", str(body)],
        env={
            **os.environ,
            "DATABASE_URL": url,
            "PROCESSOR": processor,
            "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
            "SIGNATURE": sign(body.read_bytes(), KEY).decode(),
        },
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return found
