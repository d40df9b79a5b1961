"""What happens to a lease when DocuSign tells of its envelope.

A receiver may hear of the same event again, so each one sets a state and adds to
nothing. A late message may tell of a step that has been overtaken since: what counts
is the envelope's status as it is now known.
"""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from django_docusign_connect.models import Envelope, EnvelopeEvent
from django_docusign_connect.signals import (
    envelope_completed,
    envelope_declined,
    envelope_voided,
)

from .models import Lease


@receiver(envelope_completed)
def sign_lease(
    sender: type[Envelope], envelope: Envelope, event: EnvelopeEvent, **kwargs: Any
) -> None:
    lease = envelope.target
    if isinstance(lease, Lease) and envelope.status == "completed":
        lease.mark_signed(at=event.occurred_at)


@receiver([envelope_declined, envelope_voided])
def give_lease_up(sender: type[Envelope], envelope: Envelope, **kwargs: Any) -> None:
    lease = envelope.target
    if isinstance(lease, Lease) and envelope.status in ("declined", "voided"):
        lease.mark_fallen_through()
