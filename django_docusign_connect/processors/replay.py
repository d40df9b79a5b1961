"""Process one stored message again, and announce its events to all receivers."""

from __future__ import annotations

from enum import Enum

from django_docusign_connect.conf import get_settings
from django_docusign_connect.models import ConnectMessage
from django_docusign_connect.pipeline import process


class Outcome(Enum):
    """What became of a message that was to be replayed."""

    CHOSEN = "would be replayed"
    REPLAYED = "replayed"
    FAILED = "failed"
    PRUNED = "skipped, its body was pruned"
    BUSY = "skipped, a worker holds it"


def replay(message: ConnectMessage) -> Outcome:
    """Process a message again, whatever its status; it is not held by a worker.

    Its signals carry ``is_replay``, unless it was never processed before.
    """
    if not message.has_body:
        return Outcome.PRUNED
    one = ConnectMessage.objects.filter(pk=message.pk)
    queued = one.replay() if message.was_processed else one.requeue()
    message.refresh_from_db()
    if not queued or not message.claim(get_settings().CLAIM_SECONDS, starts=True):
        return Outcome.BUSY
    return Outcome.REPLAYED if process(message) else Outcome.FAILED
