"""Keep a message that is proved to be DocuSign's, and have it processed."""

from __future__ import annotations

from django_docusign_connect.announcing import tell
from django_docusign_connect.conf import ConnectSettings
from django_docusign_connect.models import ConnectMessage
from django_docusign_connect.processors import get_processor
from django_docusign_connect.signals import message_received


def take_in(message: ConnectMessage, body: bytes, *, settings: ConnectSettings) -> bool:
    """Keep the message and have it processed; return whether it is new.

    Whatever way it came, for there is no second way to change an envelope. Called
    outside a transaction: once this returns, the message is committed. One that
    repeats another has that one's key and state now.
    """
    processor = get_processor()
    is_processed_next = getattr(processor, "claims_at_once", False)
    kept, is_new = ConnectMessage.objects.store(
        message,
        body,
        inline_bytes=settings.BODY_INLINE_BYTES,
        claim_seconds=settings.CLAIM_SECONDS if is_processed_next else None,
    )
    if is_new:
        tell(message_received, message=kept)
    if is_new or kept.is_waiting:
        processor.enqueue(kept)
    return is_new
