"""What the processors have in common that hand messages to a task queue."""

from __future__ import annotations

import logging
from abc import abstractmethod
from typing import ClassVar

from django.db import transaction

from django_docusign_connect.conf import get_settings
from django_docusign_connect.models import ConnectMessage
from django_docusign_connect.pipeline import process
from django_docusign_connect.processors.base import Processor

logger = logging.getLogger(__name__)


class TaskQueueProcessor(Processor):
    """Sends a task that names the message; its row stays the truth.

    A task that is lost leaves the message due, for ``docusign_process``. One that
    comes twice, or late, finds nothing to claim.
    """

    #: What ``send`` raises when the queue is away.
    away_errors: ClassVar[tuple[type[Exception], ...]]

    @abstractmethod
    def send(self, pk: int) -> None:
        """Put a task on the queue that calls ``process_if_due`` with this key."""

    def enqueue(self, message: ConnectMessage) -> None:
        """Send the task once the row is committed; robust, since the answer is 200."""
        pk = message.pk

        # A function, no partial: Django names it when it fails.
        def send() -> None:
            self._send(pk)

        transaction.on_commit(send, using=message._state.db, robust=True)

    def _send(self, pk: int) -> None:
        try:
            self.send(pk)
        except self.away_errors as error:
            logger.warning(
                "No task was sent for message %s (%s); it waits for docusign_process.",
                pk,
                type(error).__name__,
            )


def process_if_due(pk: int) -> None:
    """Process a message, unless it is gone, done, not due yet, or another worker's."""
    seconds = get_settings().CLAIM_SECONDS
    message = ConnectMessage.objects.claim_one(pk, seconds=seconds)
    if message is not None:
        process(message)
