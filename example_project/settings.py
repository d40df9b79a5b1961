"""Settings of the example project; what differs between machines is in its environment.

Nothing has to be set to try it. To serve it to others, set all of the variables.
"""

from __future__ import annotations

import os
from pathlib import Path

from example_project import environment as env

BASE_DIR = Path(__file__).resolve().parent

SECRET_KEY = env.secret_key(kept_in=BASE_DIR / "secret_key.txt")
DEBUG = env.is_on("DJANGO_DEBUG")
ALLOWED_HOSTS = env.listed("DJANGO_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")

DOCUSIGN_CONNECT = {
    "HMAC_KEYS": env.listed("DOCUSIGN_CONNECT_HMAC_KEYS"),
    "PROCESSOR": os.environ.get("DOCUSIGN_CONNECT_PROCESSOR") or "immediate",
}
CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL", "")

REST_FRAMEWORK = {
    # No pages for browsers, whose inline styles the Content-Security-Policy forbids.
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_VERSIONING_CLASS": "rest_framework.versioning.NamespaceVersioning",
    "DEFAULT_VERSION": "v1",
}
SPECTACULAR_SETTINGS = {"TITLE": "Leases", "SERVE_INCLUDE_SCHEMA": False}

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
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

DATABASES = {"default": env.database(default=BASE_DIR / "db.sqlite3")}
CACHES = {"default": env.file_cache(beside=DATABASES["default"]["NAME"])}

LOGGING = env.console_logging()
