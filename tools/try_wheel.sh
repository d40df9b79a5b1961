#!/bin/sh
# Install a wheel alone into a fresh environment and check a ten-line project with
# it: `try_wheel.sh PYTHON WHEEL`.
set -eu

python=$1
wheel=$(realpath "$2")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$python" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet "$wheel"
cd "$folder"
cat > urls.py <<'EOF'
from django.urls import include, path

urlpatterns = [path("docusign/", include("django_docusign_connect.urls"))]
EOF
cat > manage.py <<'EOF'
import sys
from django.conf import settings
from django.core.management import execute_from_command_line

APPS = ["admin", "auth", "contenttypes", "messages", "sessions"]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = {"BACKEND": "django.template.backends.django.DjangoTemplates"}
PROCESSORS = ["django.template.context_processors.request",
              "django.contrib.auth.context_processors.auth",
              "django.contrib.messages.context_processors.messages"]
settings.configure(
    SECRET_KEY="made up", ROOT_URLCONF="urls", USE_TZ=True,
    MIDDLEWARE=MIDDLEWARE,
    INSTALLED_APPS=[*(f"django.contrib.{app}" for app in APPS), "django_docusign_connect"],
    TEMPLATES=[{**TEMPLATES, "APP_DIRS": True, "OPTIONS": {"context_processors": PROCESSORS}}],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3",
                           "OPTIONS": {"transaction_mode": "IMMEDIATE",
                                       "init_command": "PRAGMA journal_mode=WAL"}}},
    DOCUSIGN_CONNECT={"HMAC_KEYS": ["made up"]},
)
execute_from_command_line(sys.argv)
EOF
"$folder/venv/bin/python" manage.py check --fail-level WARNING
"$folder/venv/bin/python" manage.py migrate --verbosity 0
"$folder/venv/bin/python" manage.py docusign_status
