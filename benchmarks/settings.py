"""A host project with Django's own defaults, whatever database it uses."""

from __future__ import annotations

import os
from typing import Any

import dj_database_url

SECRET_KEY = "of the benchmarks alone"
USE_TZ = True
ROOT_URLCONF = "benchmarks.urls"
ALLOWED_HOSTS = ["testserver"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django_docusign_connect",
    "benchmarks",
]
DATABASES: dict[str, Any] = {
    "default": {**dj_database_url.parse(os.environ["DATABASE_URL"])}
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # In a file, as a host's is: Django would keep a test's database in memory.
    DATABASES["default"]["TEST"] = {"NAME": DATABASES["default"]["NAME"]}
DOCUSIGN_CONNECT = {
    "HMAC_KEYS": ["benchmark-key"],
    "PROCESSOR": os.environ.get("PROCESSOR", "immediate"),
}
