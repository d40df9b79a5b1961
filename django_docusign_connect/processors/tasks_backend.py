"""Messages are processed by the backend of Django's Tasks framework."""

from __future__ import annotations

from django.db import Error as DatabaseAway

from django_docusign_connect.processors.task_queue import (
    TaskQueueProcessor,
    process_if_due,
)

try:
    from django.tasks import task
except ImportError:
    from django_tasks import task  # type: ignore[no-redef] # Django 5.2's backport


@task()
def process_message(pk: int) -> None:
    """Process the message with this key, if it is due."""
    process_if_due(pk)


class TasksProcessor(TaskQueueProcessor):
    """Enqueue a task on the project's default task backend."""

    away_errors = (DatabaseAway, OSError)

    def send(self, pk: int) -> None:
        """Enqueue the task; raises what the backend raises."""
        process_message.enqueue(pk)
