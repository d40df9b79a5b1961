"""A host project: leases that are signed with DocuSign, and a page that shows it."""

from __future__ import annotations

import os

# Without a broker the example needs no Celery.
if os.environ.get("CELERY_BROKER_URL"):
    from example_project.celery import app as celery_app  # noqa: F401 - Celery's current
