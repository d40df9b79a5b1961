"""A host project with nothing but the app, on a database in memory."""

from __future__ import annotations

SECRET_KEY = "of the fuzzer alone"
USE_TZ = True
# Not UTC, so that no time may lead out of the calendar there.
TIME_ZONE = "Pacific/Kiritimati"
ROOT_URLCONF = "django_docusign_connect.urls"
ALLOWED_HOSTS = ["testserver"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django_docusign_connect",
]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
# The tables are made from the models, which is sooner done.
MIGRATION_MODULES = {"docusign_connect": None}
LOGGING_CONFIG = None
DOCUSIGN_CONNECT = {"HMAC_KEYS": ["fuzz-key"], "BODY_INLINE_BYTES": 4096}
