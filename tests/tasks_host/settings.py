"""The settings of a host whose tasks wait in its database for ``db_worker``."""

from __future__ import annotations

import os

from tests.settings import *  # noqa: F403 - a settings module takes all of another
from tests.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "django_tasks_db", "tests.host"]
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
DOCUSIGN_CONNECT = {
    "HMAC_KEYS": ["test-key"],
    "PROCESSOR": "tasks",
    "CLAIM_SECONDS": float(os.environ.get("CLAIM_SECONDS", "60")),
}
