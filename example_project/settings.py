"""Settings of the example project; what differs between machines is in its environment.

Nothing has to be set to try it. To serve it to others, set all of the variables.
"""

from __future__ import annotations

import os
from pathlib import Path

from example_project.environment import database, file_cache, is_on, listed, secret_key

BASE_DIR = Path(__file__).resolve().parent

SECRET_KEY = secret_key(kept_in=BASE_DIR / "secret_key.txt")
DEBUG = is_on("DJANGO_DEBUG")
ALLOWED_HOSTS = listed("DJANGO_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")

DOCUSIGN_CONNECT = {
    "HMAC_KEYS": listed("DOCUSIGN_CONNECT_HMAC_KEYS"),
    "PROCESSOR": os.environ.get("DOCUSIGN_CONNECT_PROCESSOR") or "immediate",
}
CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL", "")

# No pages for browsers, whose inline styles the Content-Security-Policy forbids.
REST_FRAMEWORK = {"DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"]}

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_docusign_connect",
    "example_project.leases",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "example_project.content_security.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
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
ROOT_URLCONF = "example_project.urls"
TIME_ZONE = "UTC"
STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True

DATABASES = {"default": database(default=BASE_DIR / "db.sqlite3")}
CACHES = {"default": file_cache(beside=DATABASES["default"]["NAME"])}

# Django's own default shows errors on the console only while DEBUG is on.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
