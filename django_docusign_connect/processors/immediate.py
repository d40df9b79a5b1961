"""Messages are processed in the request that brings them."""

from __future__ import annotations

from django_docusign_connect.conf import get_settings
from django_docusign_connect.models import ConnectMessage
from django_docusign_connect.pipeline import process
from django_docusign_connect.processors.base import Processor


class ImmediateProcessor(Processor):
    """Process the message at once, after its row is committed."""

    claims_at_once = True

    def enqueue(self, message: ConnectMessage) -> None:
        """Process the message, unless another worker has it."""
        is_held = message.held_since is not None
        if is_held or message.claim(get_settings().CLAIM_SECONDS):
            process(message)
