"""Messages are processed by the workers of the project's Celery app."""

from __future__ import annotations

from celery import shared_task
from kombu.exceptions import KombuError
from kombu.pools import producers

from django_docusign_connect.processors.task_queue import (
    TaskQueueProcessor,
    process_if_due,
)

#: Seconds that the request waits for a step of a broker that does not answer.
PATIENCE_SECONDS = 2
#: By the names that Redis and AMQP have for it.
TIMEOUTS = dict.fromkeys(
    ("socket_connect_timeout", "socket_timeout", "read_timeout", "write_timeout"),
    PATIENCE_SECONDS,
)
#: One more try, at once, for a connection that was kept open and has died. Celery's
#: ``retry=False`` would be no less: kombu then waits seconds for a broker to come up.
RETRY_POLICY = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}


# Acknowledged late, so that what a lost worker had not begun goes to another one. What
# it had begun is its own until its claim ends: a task that kills its worker comes back
# to find nothing to do.
@shared_task(
    name="django_docusign_connect.process",
    acks_late=True,
    reject_on_worker_lost=True,
    ignore_result=True,
)
def process_message(pk: int) -> None:
    """Process the message with this key, if it is due."""
    process_if_due(pk)


class CeleryProcessor(TaskQueueProcessor):
    """Send a task to the broker of the project's Celery app."""

    away_errors = (KombuError,)

    def send(self, pk: int) -> None:
        """Send the task; KombuError, after seconds at most, if the broker is away."""
        connection = process_message.app.connection_for_write(
            connect_timeout=PATIENCE_SECONDS, transport_options=TIMEOUTS
        )
        pool = producers[connection]
        with pool.acquire(block=True, timeout=PATIENCE_SECONDS) as producer:
            process_message.apply_async(
                (pk,), producer=producer, retry=True, retry_policy=RETRY_POLICY
            )
