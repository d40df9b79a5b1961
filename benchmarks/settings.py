"""A host project as ``startproject`` writes one, its databases set as the docs say.

But for the check of a connection before its use, which would cost each side the same.
"""

from __future__ import annotations

import os
from typing import Any

import dj_database_url
from django.db.backends.signals import connection_created


def database(url: str) -> dict[str, Any]:
    """Return Django's settings of the database that a URL names."""
    config: dict[str, Any] = {**dj_database_url.parse(url, conn_max_age=None)}
    # Not the name of the test suite's database, which may be in use.
    config["TEST"] = {"NAME": f"bench_{config['NAME']}"}
    if config["ENGINE"] == "django.db.backends.sqlite3":
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
        }
        # In a file, as a host's is: Django would keep a test's database in memory.
        config["TEST"]["NAME"] = config["NAME"]
    if config["ENGINE"] == "django.db.backends.postgresql":
        config["OPTIONS"] = {"server_side_binding": True, "prepare_threshold": 2}
    if config["ENGINE"] == "django.db.backends.mysql":
        config["OPTIONS"] = {"charset": "utf8mb4"}
        config["TEST"]["CHARSET"] = "utf8mb4"
    return config


def log_sql(connection: Any, **kwargs: Any) -> None:
    connection.force_debug_cursor = True


SECRET_KEY = "of the benchmarks alone"
DEBUG = False
USE_TZ = True
ROOT_URLCONF = "benchmarks.urls"
ALLOWED_HOSTS = ["testserver", "127.0.0.1"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_docusign_connect",
    "benchmarks",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
if os.environ.get("BENCH_BARE"):
    MIDDLEWARE = []
STATIC_URL = "static/"
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
DATABASES = {"default": database(os.environ["DATABASE_URL"])}
for alias in ("floors", "grown"):
    if url := os.environ.get(f"{alias.upper()}_DATABASE_URL"):
        DATABASES[alias] = database(url)
if os.environ.get("PEER"):
    INSTALLED_APPS.append("djstripe")
    STRIPE_TEST_SECRET_KEY = "sk_test_" + "0" * 24
    STRIPE_LIVE_MODE = False
    DJSTRIPE_FOREIGN_KEY_TO_FIELD = "id"
    if "sqlite3" in DATABASES["default"]["ENGINE"]:
        # Its tables are made as its models say: its migrations take a minute there.
        MIGRATION_MODULES = {"djstripe": None}

# What is refused is told to a log, as it would be, though to nobody.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"file": {"class": "logging.FileHandler", "filename": os.devnull}},
    "root": {"handlers": ["file"], "level": "WARNING"},
}
if os.environ.get("LOG_SQL"):
    LOGGING["handlers"]["console"] = {"class": "logging.StreamHandler"}
    LOGGING["loggers"] = {
        "django.db.backends": {"handlers": ["console"], "level": "DEBUG"}
    }
    connection_created.connect(log_sql)
DOCUSIGN_CONNECT = {
    "HMAC_KEYS": ["benchmark-key"],
    "PROCESSOR": os.environ.get("PROCESSOR", "immediate"),
}
