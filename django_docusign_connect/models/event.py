"""The timeline of an envelope: each thing that happened, once."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from django_docusign_connect.models.envelope import Envelope
from django_docusign_connect.models.message import ConnectMessage
from django_docusign_connect.models.recipient import Recipient


class EnvelopeEventQuerySet(models.QuerySet["EnvelopeEvent"]):
    def brought_by(self, message: ConnectMessage) -> EnvelopeEventQuerySet:
        """Narrow to what a message was the first to tell, in order of time."""
        return self.filter(first_message=message)

    def latest_first(self) -> EnvelopeEventQuerySet:
        """Order by when they occurred, the latest first, with their recipients."""
        return self.select_related("recipient").order_by("-occurred_at", "-pk")

    def with_messages(self) -> EnvelopeEventQuerySet:
        """Read recipients and messages with them, but for the messages' bodies."""
        return self.select_related("recipient", "message", "first_message").defer(
            "message__inline_body", "first_message__inline_body"
        )


class EnvelopeEvent(models.Model):
    """One thing that happened to an envelope or a recipient; kept for ever.

    An event that a snapshot implied is confirmed by the message that states it: it
    takes that one's time, and ``is_inferred`` becomes false.
    """

    envelope = models.ForeignKey(
        Envelope,
        on_delete=models.CASCADE,
        related_name="events",
        db_index=False,
        verbose_name=_("envelope"),
    )
    recipient = models.ForeignKey(
        Recipient,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="events",
        verbose_name=_("recipient"),
    )
    name = models.CharField(_("name"), max_length=100)
    occurred_at = models.DateTimeField(_("occurred at"))
    received_at = models.DateTimeField(_("received at"))
    message = models.ForeignKey(
        ConnectMessage,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="events",
        verbose_name=_("message"),
        help_text=_("The message that states it, else the one that implies it."),
    )
    first_message = models.ForeignKey(
        ConnectMessage,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="first_events",
        verbose_name=_("first message"),
        help_text=_("The message that brought it first, and that announces it."),
    )
    source = models.CharField(_("source"), max_length=20, default="webhook")
    previous_status = models.CharField(
        _("previous status"),
        max_length=50,
        blank=True,
        help_text=_("The envelope's status before the message that brought it."),
    )
    is_late = models.BooleanField(
        _("late"),
        default=False,
        help_text=_("Something generated later had been applied before it came."),
    )
    is_inferred = models.BooleanField(
        _("inferred"),
        default=False,
        help_text=_("No message stated it; a snapshot of the envelope shows it."),
    )

    objects = EnvelopeEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("envelope event")
        verbose_name_plural = _("envelope events")
        ordering = ["occurred_at", "pk"]
        indexes = [
            models.Index(
                fields=["envelope", "occurred_at"], name="docusign_event_timeline"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def announced_by(self) -> ConnectMessage | None:
        """The message that its signals carry, None once no message of it is kept."""
        return self.first_message or self.message
