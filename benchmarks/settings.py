"""A host project with Django's own defaults, whatever database it uses."""

from __future__ import annotations

import os

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
]
DATABASES = {"default": dj_database_url.parse(os.environ["DATABASE_URL"])}
DOCUSIGN_CONNECT = {
    "HMAC_KEYS": ["benchmark-key"],
    "PROCESSOR": os.environ.get("PROCESSOR", "immediate"),
}
