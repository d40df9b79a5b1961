"""The settings of a host that has its messages processed by Celery."""

from __future__ import annotations

import os

from tests.host.settings import *  # noqa: F403 - a settings module takes all of another
from tests.host.settings import DOCUSIGN_CONNECT

DOCUSIGN_CONNECT["PROCESSOR"] = "celery"
CELERY_BROKER_URL = os.environ["CELERY_BROKER_URL"]
CELERY_TASK_DEFAULT_QUEUE = os.environ["CELERY_QUEUE"]
CELERY_BROKER_TRANSPORT_OPTIONS = {"global_keyprefix": os.environ["CELERY_QUEUE"]}
# Its queue would have the machine's name, and other runs may go on beside this one.
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
