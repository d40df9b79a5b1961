"""A host project whose receivers leave a trace, and whose plugs can be pulled."""

from __future__ import annotations

from celery import Celery

app = Celery("tests.chaos.host")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
