"""Stands in for the part of a host that sends envelopes, which the demo has not.

A real host has the lease first, sends it by DocuSign's API, and then says which
envelope is about it: ``Envelope.objects.track(envelope_id, target=lease)``. In the
demo the simulator invents the envelopes, so a lease is made up for each one that
says it is a lease, as soon as it is heard of. Leave this module out of your project.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.dispatch import receiver

from django_docusign_connect.models import Envelope
from django_docusign_connect.signals import (
    envelope_completed,
    envelope_created,
    envelope_declined,
    envelope_sent,
    envelope_voided,
)

from .models import Lease

SUBJECT = "Lease of "


# Whichever comes first: messages are not always in order.
@receiver(
    [
        envelope_created,
        envelope_sent,
        envelope_completed,
        envelope_declined,
        envelope_voided,
    ]
)
def pretend_to_have_sent(
    sender: type[Envelope], envelope: Envelope, **kwargs: Any
) -> None:
    if envelope.target_id is None and envelope.subject.startswith(SUBJECT):
        Envelope.objects.track(envelope.envelope_id, target=make_lease(envelope))
        # The receivers that come next are given the same object.
        envelope.refresh_from_db(fields=["target_type", "target_id"])


def make_lease(envelope: Envelope) -> Lease:
    """Return a lease with the envelope's address, and a rent that is invented."""
    tenant = envelope.recipients.filter(role_name="Tenant").first()
    lease, _created = Lease.objects.get_or_create(
        number=envelope.custom_fields.get("Order", str(envelope.envelope_id)[:8]),
        defaults={
            "address": envelope.subject.removeprefix(SUBJECT)[:200],
            "tenant": tenant.name if tenant else "",
            "monthly_rent": Decimal(600 + envelope.envelope_id.int % 140 * 10),
        },
    )
    return lease
