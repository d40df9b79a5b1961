"""What this project is about, whatever signs it: leases."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models

from django_docusign_connect.models import Envelope
from django_docusign_connect.models.envelope import EnvelopeQuerySet


class Lease(models.Model):
    class State(models.TextChoices):
        OFFERED = "offered", "Offered"
        SIGNED = "signed", "Signed"
        FALLEN_THROUGH = "fallen-through", "Fallen through"

    number = models.CharField(max_length=20, unique=True)
    address = models.CharField(max_length=200)
    tenant = models.CharField(max_length=255)
    monthly_rent = models.DecimalField(max_digits=8, decimal_places=2)
    state = models.CharField(max_length=20, choices=State, default=State.OFFERED)
    signed_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[models.Manager[Lease]] = models.Manager()

    class Meta:
        ordering = ["-changed_at"]

    def __str__(self) -> str:
        return f"{self.number}, {self.address}"

    @property
    def envelopes(self) -> EnvelopeQuerySet:
        """Those that it was sent in: another one, if the first was voided."""
        return Envelope.objects.for_target(self)

    def mark_signed(self, *, at: datetime) -> None:
        self.state, self.signed_at = self.State.SIGNED, at
        self.save(update_fields=["state", "signed_at", "changed_at"])

    def mark_fallen_through(self) -> None:
        self.state = self.State.FALLEN_THROUGH
        self.save(update_fields=["state", "changed_at"])
