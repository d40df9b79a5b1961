"""Fuzz the webhook: it keeps any signed bytes, and says what became of them.

``python -m fuzz.view CORPUS`` with libFuzzer's options.
"""

from __future__ import annotations

import logging
import sys
from io import BytesIO

import atheris
import django
from django.conf import settings
from django.core.management import call_command

with atheris.instrument_imports(include=["django_docusign_connect"]):
    django.setup()
    from django.core.handlers.wsgi import WSGIHandler, WSGIRequest

    from django_docusign_connect.authentication.signatures import sign
    from django_docusign_connect.models import ConnectMessage, Envelope
    from django_docusign_connect.models.file_chunk import FileChunk

APPLICATION = WSGIHandler()


def check(body: bytes) -> None:
    """Raise if a message is refused, changed, or fails for no reason of its own."""
    assert post(body) == 200
    message = ConnectMessage.objects.get()
    assert message.body == body
    if message.status != ConnectMessage.Status.PROCESSED:
        assert message.error.startswith("UnreadableMessage: "), message.traceback
    for model in (ConnectMessage, Envelope, FileChunk):
        model.objects.all().delete()


def post(body: bytes) -> int:
    """Post the body as a server does, signed; return the status."""
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/connect/",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_X_DOCUSIGN_SIGNATURE_1": sign(body, key()).decode(),
        "wsgi.input": BytesIO(body),
        "wsgi.url_scheme": "http",
    }
    return APPLICATION.get_response(WSGIRequest(environ)).status_code


def key() -> str:
    text: str = settings.DOCUSIGN_CONNECT["HMAC_KEYS"][0]
    return text


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    call_command("migrate", run_syncdb=True, verbosity=0)
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()
