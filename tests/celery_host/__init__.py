"""A host's Celery app, written as Celery's own documentation has it."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.celery_host.settings")

app = Celery("tests.celery_host")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
