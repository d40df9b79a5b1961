"""Settings of the test suite: a host project that is strict where it can be."""

from __future__ import annotations

import os
import tempfile
from typing import Any

import dj_database_url

# Removed with the process; a module-level name keeps it until then.
SCRATCH = tempfile.TemporaryDirectory(prefix="docusign-connect-tests-")


def database(url: str) -> dict[str, Any]:
    """Return Django's settings of the database that a URL names."""
    config: dict[str, Any] = {**dj_database_url.parse(url, conn_max_age=60)}
    if config["ENGINE"] == "django.db.backends.sqlite3":
        # On disk, since threads and processes share it; with one writer at a time
        # that waits for its turn.
        config["TEST"] = {"NAME": os.path.join(SCRATCH.name, "test.sqlite3")}
        config["OPTIONS"] = {
            "timeout": 30,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;",
        }
    if config["ENGINE"] == "django.db.backends.mysql":
        config["OPTIONS"] = {"charset": "utf8mb4"}
        config["TEST"] = {"CHARSET": "utf8mb4"}
    return config


SECRET_KEY = "of the tests alone"
DEBUG = False
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
USE_TZ = True
# Not UTC, so that a time zone that is forgotten shows.
TIME_ZONE = "America/New_York"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_docusign_connect",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "tests.urls"
LOGIN_URL = "admin:login"
STATIC_URL = "static/"
MEDIA_ROOT = os.path.join(SCRATCH.name, "media")
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DATABASES = {
    "default": database(
        os.environ.get("DATABASE_URL") or f"sqlite:///{SCRATCH.name}/db.sqlite3"
    )
}

DOCUSIGN_CONNECT: dict[str, Any] = {"HMAC_KEYS": ["test-key"]}
