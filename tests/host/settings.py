"""The tests' settings, for processes that work on the tests' own database."""

from __future__ import annotations

import os

from tests.settings import *  # noqa: F403 - a settings module takes all of another
from tests.settings import DATABASES, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.host"]
DATABASES["default"]["NAME"] = os.environ["DATABASE_NAME"]
DOCUSIGN_CONNECT = {
    "HMAC_KEYS": ["test-key"],
    "PROCESSOR": "deferred",
    "CLAIM_SECONDS": float(os.environ.get("CLAIM_SECONDS", "60")),
}
