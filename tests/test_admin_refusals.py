"""Why requests were refused, on the dashboard, in the language of who reads it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from django_docusign_connect.authentication.signatures import fingerprint, sign
from tests.conftest import KEY
from tests.test_admin_dashboard import DASHBOARD, section

pytestmark = pytest.mark.django_db

BODY = b'{"event": "envelope-sent"}\n'
#: A key, what signs with it, and what is said of that in German.
REFUSED = [
    (KEY, "", "kein Signatur-Header (ist „Include HMAC Signature“ eingeschaltet?)"),
    (
        KEY,
        sign(BODY, "other"),
        "keine Signatur passt zu einem konfigurierten Schlüssel",
    ),
    (KEY, sign(BODY, f"{KEY}="), "letzte „=“ des Schlüssels ergänzt wird (Schlüssel"),
    (KEY, sign(BODY.strip(), KEY), "Zeilenumbruch am Ende des Inhalts entfernt wird"),
    (KEY, sign(b"", KEY), "passt zu einem leeren Inhalt"),
    (f" {KEY}", sign(BODY, KEY), "passt ohne Leerraum um den Schlüssel"),
    ("", sign(BODY, KEY), "kein Schlüssel konfiguriert"),
]


def dashboard(language: str) -> str:
    browser = Client()
    browser.force_login(User.objects.create_superuser("admin"))
    answer = browser.get(DASHBOARD, headers={"Accept-Language": language})
    return section(answer.content.decode(), "listeners")


@pytest.mark.parametrize(("key", "signature", "words"), REFUSED)
def test_reason_is_told_in_the_language_of_the_page(
    configure: Callable[..., None],
    post: Callable[..., Any],
    key: str,
    signature: bytes | str,
    words: str,
) -> None:
    configure(HMAC_KEYS=[key])
    signed = signature if isinstance(signature, str) else signature.decode()
    assert post(BODY, headers={"X-DocuSign-Signature-1": signed}).status_code == 401
    assert words in dashboard("de")


def test_reason_names_the_key_that_it_is_about(post: Callable[..., Any]) -> None:
    signed = sign(BODY, f"{KEY}=").decode()
    post(BODY, headers={"X-DocuSign-Signature-1": signed})
    assert f"restored (key {fingerprint(KEY)})" in dashboard("en")
