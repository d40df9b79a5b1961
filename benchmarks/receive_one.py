"""Receive one message from a file in a process of its own, and print the peak."""

from __future__ import annotations

import json
import os
import sys
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import django
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection

from django_docusign_connect.authentication.signatures import sign

SMALL = b'{"event":"envelope-sent","data":{"envelopeId":"' + b"1" * 32 + b'"}}'


def receive(
    application: WSGIHandler, body: IO[bytes], *, size: int, signature: str
) -> None:
    """Call the host's WSGI application as a server would."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/docusign/connect/",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "CONTENT_TYPE": "application/octet-stream",
        "CONTENT_LENGTH": str(size),
        "HTTP_X_DOCUSIGN_SIGNATURE_1": signature,
        "wsgi.input": body,
        "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr,
    }
    answers: list[str] = []
    response = application(environ, lambda status, headers: answers.append(status))
    content = b"".join(response)
    if answers != ["200 OK"]:
        raise SystemExit(f"The message was not kept: {answers} {content!r}")


def memory(name: str) -> int:
    """Return a size of this process in bytes, as Linux tells it."""
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1]) * 1024


def main(path: Path) -> None:
    django.setup()
    connection.creation.create_test_db(verbosity=0, serialize=False, autoclobber=True)
    application = WSGIHandler()
    small = sign(SMALL, "benchmark-key").decode()
    receive(application, BytesIO(SMALL), size=len(SMALL), signature=small)
    Path("/proc/self/clear_refs").write_text("5")
    idle, size = memory("VmRSS"), path.stat().st_size
    with path.open("rb") as body:
        receive(application, body, size=size, signature=os.environ["SIGNATURE"])
    print(json.dumps({"size": size, "peak": memory("VmHWM") - idle}))
    connection.creation.destroy_test_db(
        str(connection.settings_dict["NAME"]), verbosity=0
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
