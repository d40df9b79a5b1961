"""The tests' settings, with what a run of the harness decides in the environment."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

from django.utils import timezone

from tests.settings import *  # noqa: F403 - a settings module takes all of another
from tests.settings import DATABASES, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.chaos.host.apps.HostConfig"]
DATABASES["default"]["NAME"] = os.environ.get(
    "DATABASE_NAME", DATABASES["default"]["NAME"]
)
if "sqlite3" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["OPTIONS"]["timeout"] = 5

DOCUSIGN_CONNECT = {
    "HMAC_KEYS": [os.environ["CHAOS_KEY"]],
    "PROCESSOR": os.environ["CHAOS_PROCESSOR"],
    "CLAIM_SECONDS": float(os.environ["CHAOS_CLAIM_SECONDS"]),
    # Less than many bodies have: those are kept in files.
    "BODY_INLINE_BYTES": 3500,
    # Enough of them that nothing is given up while it is killed again and again.
    "RETRY_DELAYS": [1] * 200,
}

CELERY_BROKER_URL = os.environ.get("CHAOS_BROKER_URL", "")
CELERY_TASK_DEFAULT_QUEUE = "chaos"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "global_keyprefix": os.environ.get("CHAOS_BROKER_PREFIX", "")
}

SKEW = timedelta(seconds=float(os.environ.get("CHAOS_CLOCK_SKEW", "0")))
right_now = timezone.now


def skewed_now() -> datetime:
    """Tell the time by the clock of this process, which may be wrong."""
    return right_now() + SKEW


timezone.now = skewed_now
