"""The tests' settings, for a server of streams that looks and ends more often."""

from __future__ import annotations

import os
from typing import Any

from django.db.backends.signals import connection_created

from tests.settings import *  # noqa: F403 - a settings module takes all of another
from tests.settings import DATABASES, DOCUSIGN_CONNECT, MIDDLEWARE
from tests.streaming import HEARTBEAT, INTERVAL, SECONDS

ROOT_URLCONF = "tests.streaming.urls"
DATABASES["default"]["NAME"] = os.environ["DATABASE_NAME"]
DATABASES["default"]["ATOMIC_REQUESTS"] = True
MIDDLEWARE = [
    "django.middleware.gzip.GZipMiddleware",
    *MIDDLEWARE,
    "django.middleware.locale.LocaleMiddleware",
]
DOCUSIGN_CONNECT |= {
    "STREAM_INTERVAL": INTERVAL,
    "STREAM_HEARTBEAT": HEARTBEAT,
    "STREAM_SECONDS": float(os.environ.get("STREAM_SECONDS", SECONDS)),
}
REST_FRAMEWORK: dict[str, Any] = {}
if rate := os.environ.get("THROTTLE_RATE"):
    REST_FRAMEWORK = {
        "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
        "DEFAULT_THROTTLE_RATES": {"user": rate},
    }

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {"django.db.backends": {"handlers": ["console"], "level": "DEBUG"}},
}


def log_all_sql(connection: Any, **kwargs: Any) -> None:
    connection.force_debug_cursor = True


connection_created.connect(log_all_sql)
