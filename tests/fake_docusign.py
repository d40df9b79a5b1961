"""A DocuSign of the tests' own: tokens, accounts and envelopes, over TLS."""

from __future__ import annotations

import ipaddress
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from tests.bodies import ACCOUNT_ID

INTEGRATION_KEY = "7c2b8d7e-2f0a-4f3e-9f0c-111111111111"
USER_ID = "c0ffee00-2f0a-4f3e-9f0c-222222222222"
TOKEN = "the-token-of-the-tests"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
INCLUDED = {"recipients", "custom_fields", "documents"}

#: Status, headers and body.
Answer = tuple[int, Mapping[str, str], bytes]


def as_json(values: object, status: int = 200, **headers: str) -> Answer:
    return status, headers, json.dumps(values).encode()


def refused(code: str, status: int = 400, **headers: str) -> Answer:
    """Return how the eSignature API says no."""
    return as_json({"errorCode": code, "message": "No."}, status, **headers)


@cache
def rsa_key(number: int = 0) -> RSAPrivateKey:
    """Return an RSA key; each number has one of its own."""
    return generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: RSAPrivateKey | EllipticCurvePrivateKey) -> str:
    text = key.private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
    )
    return text.decode()


def certify(folder: Path) -> Path:
    """Write a certificate of 127.0.0.1 and its key into one file."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "DocuSign")])
    now = datetime.now(timezone.utc)
    host = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    key = rsa_key(-1)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([host]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "docusign.pem"
    path.write_bytes(certificate.public_bytes(Encoding.PEM) + pem(key).encode())
    return path


@dataclass
class FakeDocuSign:
    """What it knows and answers, and what it was asked; tests change the former."""

    certificate: Path
    port: int = 0
    #: What it has of each envelope, by its ID.
    envelopes: dict[str, Any] = field(default_factory=dict)
    #: The IDs of the user's accounts, the default one first.
    accounts: list[str] = field(default_factory=lambda: [ACCOUNT_ID])
    #: What it answers instead, by the last part of the path, or by "envelope".
    instead: dict[str, Callable[[], Answer]] = field(default_factory=dict)
    #: By the same names, how many requests there were.
    asked: list[str] = field(default_factory=list)
    #: The tokens that it accepts.
    tokens: set[str] = field(default_factory=set)
    token_seconds: int = 3600
    #: For which it sends a byte of an answer after another.
    drip_seconds: float = 0

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def options(self) -> dict[str, Any]:
        """What a project sets to ask this DocuSign."""
        return {
            "INTEGRATION_KEY": INTEGRATION_KEY,
            "USER_ID": USER_ID,
            "PRIVATE_KEY": pem(rsa_key()),
            "OAUTH_HOST": self.host,
        }

    def answer(self, method: str, url: str, authorization: str, body: bytes) -> Answer:
        parts = urlsplit(url)
        name = {"/oauth/token": "token", "/oauth/userinfo": "userinfo"}.get(
            parts.path, "envelope"
        )
        self.asked.append(name)
        if name in self.instead:
            return self.instead[name]()
        if name == "token":
            return self._grant(method, parse_qs(body.decode()))
        if authorization.removeprefix("Bearer ") not in self.tokens:
            return refused("AUTHORIZATION_INVALID_TOKEN", 401)
        if name == "userinfo":
            return as_json({"sub": USER_ID, "accounts": self._accounts()})
        return self._envelope(parts.path, parse_qs(parts.query))

    def _grant(self, method: str, form: Mapping[str, list[str]]) -> Answer:
        """Give a token to who proves to be the integration key, as DocuSign does."""
        assertion = form.get("assertion", [""])[0]
        try:
            claims = jwt.decode(
                assertion,
                rsa_key().public_key(),
                algorithms=["RS256"],
                audience=self.host,
                options={"require": ["iss", "sub", "aud", "iat", "exp", "scope"]},
            )
        except jwt.InvalidSignatureError:
            return self._no_grant("no_valid_keys_or_signatures")
        if claims["iss"] != INTEGRATION_KEY:
            return self._no_grant("issuer_not_found")
        if claims["sub"] != USER_ID:
            return self._no_grant("user_not_found")
        assert method == "POST"
        assert form["grant_type"] == [GRANT]
        assert set(claims["scope"].split()) == {"signature", "impersonation"}
        assert 0 < claims["exp"] - time.time() <= 3600
        token = f"{TOKEN}-{len(self.tokens)}"
        self.tokens.add(token)
        return as_json(
            {
                "access_token": token,
                "token_type": "Bearer",
                "expires_in": self.token_seconds,
            }
        )

    def _no_grant(self, why: str) -> Answer:
        return as_json({"error": "invalid_grant", "error_description": why}, 400)

    def _accounts(self) -> list[dict[str, Any]]:
        return [
            {
                "account_id": account_id,
                "is_default": account_id == self.accounts[0],
                "account_name": "Leases",
                "base_uri": f"https://{self.host}/na4",
            }
            # Not the default first, as nothing promises that.
            for account_id in reversed(self.accounts)
        ]

    def _envelope(self, path: str, query: Mapping[str, list[str]]) -> Answer:
        assert set(query["include"][0].split(",")) == INCLUDED
        start, envelope_id = path.rsplit("/", 1)
        for account_id in self.accounts:
            if start == f"/na4/restapi/v2.1/accounts/{account_id}/envelopes":
                if envelope_id in self.envelopes:
                    return as_json(self.envelopes[envelope_id])
                return refused("ENVELOPE_DOES_NOT_EXIST", 404)
        return refused("USER_LACKS_MEMBERSHIP", 400)


class Handler(BaseHTTPRequestHandler):
    docusign: FakeDocuSign

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        status, headers, data = self.docusign.answer(
            self.command,
            self.path,
            self.headers.get("Authorization", ""),
            self.rfile.read(length),
        )
        self.send_response(status)
        headers = {"Content-Type": "application/json", **headers}
        for name, value in {**headers, "Content-Length": str(len(data))}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        ends_at = time.monotonic() + self.docusign.drip_seconds
        while data and time.monotonic() < ends_at:
            self.wfile.write(data[:1])
            data = data[1:]
            time.sleep(0.05)
        self.wfile.write(data)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *arguments: object) -> None:
        """Say nothing of clients that went away."""


@contextmanager
def serve(certificate: Path) -> Iterator[FakeDocuSign]:
    """Serve a DocuSign until the block ends."""
    docusign = FakeDocuSign(certificate)
    handler = type("OwnHandler", (Handler,), {"docusign": docusign})
    with Server(("127.0.0.1", 0), handler) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        docusign.port = server.server_port
        thread = threading.Thread(
            target=server.serve_forever, args=(0.01,), daemon=True
        )
        thread.start()
        try:
            yield docusign
        finally:
            server.shutdown()
            thread.join()
