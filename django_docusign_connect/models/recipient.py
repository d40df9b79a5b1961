"""A recipient of an envelope: one who signs, gets a copy, or acts otherwise."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.db.models import F
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from django_docusign_connect.models.envelope import Envelope

#: How many recipients are read of some envelopes; mass mailings have thousands.
MOST_UNFINISHED = 1000


class RecipientQuerySet(models.QuerySet["Recipient"]):
    def unfinished(self, envelopes: Iterable[Envelope]) -> RecipientQuerySet:
        """Narrow to those of envelopes who have yet to do their part, in order."""
        keys = [envelope.pk for envelope in envelopes]
        rows = self.filter(envelope__in=keys).exclude(
            status__in=["completed", "signed"]
        )
        in_order = rows.order_by(F("routing_order").asc(nulls_last=True), "pk")
        return in_order.defer("stamps")[:MOST_UNFINISHED]


class Recipient(models.Model):
    """A recipient of an envelope, as last known.

    Messages name recipients by DocuSign's GUID, by the id that the sender chose, or
    by both; a row has what is known of them.
    """

    class Type(models.TextChoices):
        SIGNER = "signer", _("Signer")
        AGENT = "agent", _("Agent")
        EDITOR = "editor", _("Editor")
        INTERMEDIARY = "intermediary", _("Intermediary")
        CARBON_COPY = "carbonCopy", _("Carbon copy")
        CERTIFIED_DELIVERY = "certifiedDelivery", _("Certified delivery")
        IN_PERSON_SIGNER = "inPersonSigner", _("In-person signer")
        SEAL = "seal", _("Seal")
        WITNESS = "witness", _("Witness")
        NOTARY = "notary", _("Notary")
        NOTARY_WITNESS = "notaryWitness", _("Notary witness")
        PARTICIPANT = "participant", _("Participant")

    envelope = models.ForeignKey(
        Envelope,
        on_delete=models.CASCADE,
        related_name="recipients",
        db_index=False,
        verbose_name=_("envelope"),
    )
    recipient_id = models.CharField(
        _("recipient ID"),
        max_length=100,
        blank=True,
        help_text=_("The ID that the sender chose."),
    )
    recipient_id_guid = models.UUIDField(_("recipient GUID"), null=True, blank=True)
    type = models.CharField(_("type"), max_length=50, choices=Type, blank=True)
    name = models.CharField(_("name"), max_length=255, blank=True)
    email = models.CharField(_("email"), max_length=255, blank=True)
    email_lower = models.GeneratedField(
        expression=Lower("email"),
        output_field=models.CharField(max_length=255),
        db_persist=True,
    )
    role_name = models.CharField(_("role name"), max_length=255, blank=True)
    routing_order = models.PositiveIntegerField(
        _("routing order"), null=True, blank=True
    )
    status = models.CharField(_("status"), max_length=50, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True)
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)
    declined_at = models.DateTimeField(_("declined at"), null=True, blank=True)
    declined_reason = models.TextField(_("declined reason"), blank=True)
    authentication_failed_at = models.DateTimeField(
        _("authentication failed at"), null=True, blank=True
    )
    auto_responded_reason = models.TextField(_("auto-responded reason"), blank=True)
    client_user_id = models.CharField(_("client user ID"), max_length=255, blank=True)
    stamps = models.JSONField(default=dict, editable=False)

    objects = RecipientQuerySet.as_manager()

    class Meta:
        verbose_name = _("recipient")
        verbose_name_plural = _("recipients")
        ordering = ["routing_order", "pk"]
        indexes = [
            models.Index(fields=["email_lower"], name="docusign_recipient_email")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["envelope", "recipient_id_guid"],
                name="docusign_recipient_guid",
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.recipient_id or str(self.pk)
