"""What every processor is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from django_docusign_connect.models import ConnectMessage


class Processor(ABC):
    """Says when a stored message is processed."""

    #: Whether a message is stored already claimed, since it is processed at once.
    claims_at_once: ClassVar[bool] = False

    @abstractmethod
    def enqueue(self, message: ConnectMessage) -> None:
        """Have a message processed that is stored, committed and due.

        Must not raise for what is wrong with the message; the answer to DocuSign is
        200 by now. May drop it: it stays due.
        """
