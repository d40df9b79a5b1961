"""A listener of its own for the simulator's tests: plain HTTP, no code of ours."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

KEY = "4+CONSTRUCTED0key0for0tests0only0not0a0real0one0uE="


def expected_signature(body: bytes, key: str) -> str:
    return base64.b64encode(
        hmac.new(key.encode(), body, hashlib.sha256).digest()
    ).decode()


@dataclass(frozen=True)
class Received:
    path: str
    headers: Message
    body: bytes
    status: int
    pieces: int = 1

    @property
    def values(self) -> Any:
        return json.loads(self.body)

    def is_signed(self, key: str = KEY, *, number: int = 1) -> bool:
        signature = self.headers[f"X-DocuSign-Signature-{number}"]
        return bool(signature == expected_signature(self.body, key))


class Listener(ThreadingHTTPServer):
    """Answers with the given statuses first, then 401 or 200 as the signature is."""

    daemon_threads = True

    def __init__(self, *, statuses: list[int], believes_all: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.statuses = statuses
        self.believes_all = believes_all
        self.received: list[Received] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/docusign/connect/"

    @property
    def kept(self) -> list[Received]:
        return [request for request in self.received if request.status == 200]


class Handler(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        pieces = list(self.read_pieces(int(self.headers["Content-Length"])))
        body = b"".join(pieces)
        status = self.choose_status(body)
        self.server.received.append(
            Received(self.path, self.headers, body, status, len(pieces))
        )
        answer = b'{"status": "accepted"}' if status == 200 else b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def read_pieces(self, length: int) -> Iterator[bytes]:
        while length > 0 and (piece := self.rfile.read1(length)):
            length -= len(piece)
            yield piece

    def choose_status(self, body: bytes) -> int:
        if self.server.statuses:
            return self.server.statuses.pop(0)
        signature = self.headers["X-DocuSign-Signature-1"]
        is_authentic = signature == expected_signature(body, KEY)
        return 200 if is_authentic or self.server.believes_all else 401

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - inherited
        pass


@contextmanager
def listening(*statuses: int, believes_all: bool = False) -> Iterator[Listener]:
    with Listener(statuses=list(statuses), believes_all=believes_all) as listener:
        thread = Thread(target=listener.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield listener
        finally:
            listener.shutdown()
            thread.join()
