"""Messages are processed in the request that brings them."""

from __future__ import annotations

from django_docusign_connect.models import ConnectMessage
from django_docusign_connect.pipeline import process
from django_docusign_connect.processors.base import Processor
from django_docusign_connect.processors.task_queue import process_if_due


class ImmediateProcessor(Processor):
    """Process the message at once, after its row is committed."""

    claims_at_once = True

    def enqueue(self, message: ConnectMessage) -> None:
        """Process the message, unless it is a repeat of one that another worker has."""
        if message.held_since is not None:
            process(message)
        else:
            process_if_due(message.pk)
