"""Settings of the test suite, but that SQLite hardly waits for its one writer."""

from __future__ import annotations

from tests.settings import *  # noqa: F403 - settings are built so
from tests.settings import DATABASES, DOCUSIGN_CONNECT

DATABASES["default"]["OPTIONS"]["timeout"] = 0.05
DOCUSIGN_CONNECT |= {"RETRY_DELAYS": [0] * 50, "CLAIM_SECONDS": 2}
