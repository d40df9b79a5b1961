"""Call the host's WSGI application as a server would, without a server."""

from __future__ import annotations

import sys
from io import BytesIO
from typing import Any

from django.core.handlers.wsgi import WSGIHandler

from benchmarks.messages import Post


def environ(path: str, post: Post) -> dict[str, Any]:
    """Return a request as WSGI has it; each is good for one call."""
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "REMOTE_ADDR": "127.0.0.1",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": "application/json; charset=utf-8",
        "CONTENT_LENGTH": str(len(post.body)),
        "wsgi.input": BytesIO(post.body),
        "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr,
        **post.headers,
    }


def call(application: WSGIHandler, request: dict[str, Any]) -> str:
    """Serve one request, and return its status."""
    answers: list[str] = []

    def start_response(status: str, *more: Any) -> Any:
        answers.append(status)

    response = application(request, start_response)
    b"".join(response)
    response.close()
    return answers[0]
