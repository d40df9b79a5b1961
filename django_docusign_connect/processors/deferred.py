"""Messages wait for ``docusign_process``."""

from __future__ import annotations

from django_docusign_connect.models import ConnectMessage
from django_docusign_connect.processors.base import Processor


class DeferredProcessor(Processor):
    """Leave the message where it is: ``docusign_process`` finds what is due."""

    def enqueue(self, message: ConnectMessage) -> None:
        """Do nothing; the row is the queue."""
