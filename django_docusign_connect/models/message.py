"""A message from DocuSign Connect, kept exactly as it came."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from django_docusign_connect.messages import Reading, identify, read
from django_docusign_connect.messages.text import clean
from django_docusign_connect.messages.values import MessageHeader, ParsedMessage
from django_docusign_connect.models.body import KeptBody
from django_docusign_connect.models.claim import Claimed
from django_docusign_connect.models.message_queue import ConnectMessageQuerySet
from django_docusign_connect.models.requeue import MessageStatus
from django_docusign_connect.models.table import table_of


class ConnectMessage(KeptBody, Claimed):
    """A message from DocuSign Connect, kept exactly as it came.

    Only verified messages are stored. All else this app knows is read from
    them, and can be read again.
    """

    Status = MessageStatus

    class Format(models.TextChoices):
        SIM = "sim", _("JSON SIM")
        AGGREGATE = "aggregate", _("JSON aggregate")
        XML = "xml", _("XML")
        SOAP = "soap", _("XML in SOAP")

    listener = models.CharField(_("listener"), max_length=50, default="default")
    source = models.CharField(
        _("source"), max_length=20, default="webhook", db_default="webhook"
    )
    received_at = models.DateTimeField(_("received at"), default=timezone.now)
    content_type = models.CharField(_("content type"), max_length=255, blank=True)
    identity = models.CharField(
        _("identity"),
        max_length=64,
        help_text=_("The same for a message and for DocuSign's retries of it."),
    )
    format = models.CharField(_("format"), max_length=10, choices=Format, blank=True)
    event = models.CharField(_("event"), max_length=100, blank=True)
    account_id = models.CharField(_("account ID"), max_length=100, blank=True)
    envelope_id = models.UUIDField(_("envelope ID"), null=True, blank=True)
    configuration_id = models.CharField(
        _("configuration ID"), max_length=100, blank=True
    )
    generated_at = models.DateTimeField(_("generated at"), null=True, blank=True)
    retry_count = models.PositiveIntegerField(_("retry count"), default=0, db_default=0)
    duplicates = models.PositiveIntegerField(_("duplicates"), default=0, db_default=0)
    last_received_at = models.DateTimeField(_("last received at"), default=timezone.now)
    key_fingerprint = models.CharField(_("key"), max_length=16, blank=True)
    status = models.CharField(
        _("status"),
        max_length=16,
        choices=MessageStatus,
        default=MessageStatus.PENDING.value,
        db_default=MessageStatus.PENDING.value,
    )
    replays = models.PositiveIntegerField(
        _("replays"), default=0, db_default=0, editable=False
    )
    error = models.TextField(_("error"), blank=True)
    traceback = models.TextField(_("traceback"), blank=True)
    processed_at = models.DateTimeField(_("processed at"), null=True, blank=True)

    #: What was found when the message came, so that it need not be read again.
    _reading: Reading | None = None

    objects = ConnectMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("Connect message")
        verbose_name_plural = _("Connect messages")
        ordering = ["-received_at", "-pk"]
        indexes = [
            models.Index(fields=["next_attempt_at"], name="docusign_message_due"),
            models.Index(fields=["received_at"], name="docusign_message_received"),
            models.Index(
                fields=["status", "received_at"], name="docusign_message_status"
            ),
            models.Index(
                fields=["event", "received_at"], name="docusign_message_event"
            ),
            models.Index(
                fields=["envelope_id", "received_at"], name="docusign_message_envelope"
            ),
            models.Index(
                fields=["listener", "received_at"], name="docusign_message_listener"
            ),
            models.Index(
                fields=["key_fingerprint", "received_at"], name="docusign_message_key"
            ),
        ]
        constraints = [
            # Not unique=True, for which PostgreSQL gets a second index, for LIKE.
            models.UniqueConstraint(
                fields=["identity"], name="docusign_message_identity"
            )
        ]
        permissions = [
            ("view_connectmessage_body", _("Can view the body of Connect messages")),
            ("process_connectmessage", _("Can process Connect messages again")),
        ]

    def __str__(self) -> str:
        return f"{self.event or self.format or _('unreadable')} ({self.status})"

    @classmethod
    def of(cls, body: bytes, *, listener: str, **values: str) -> ConnectMessage:
        """Return a message, not saved yet, with all that its body tells about it.

        ``values`` are its source, content type and key's fingerprint.
        """
        identity, reading = identify(body)
        header = reading.header if reading else MessageHeader()
        now = timezone.now()
        message = table_of(cls).make(
            listener=listener,
            received_at=now,
            last_received_at=now,
            size=len(body),
            digest=hashlib.sha256(body).hexdigest(),
            identity=hashlib.sha256(f"{listener}\n{identity}".encode()).hexdigest(),
            format=header.format,
            event=header.event[:100],
            account_id=header.account_id[:100],
            envelope_id=header.envelope_id,
            configuration_id=header.configuration_id[:100],
            generated_at=header.generated_at,
            retry_count=header.retry_count,
            **values,
        )
        message._reading = reading
        return message

    def parse(self) -> ParsedMessage:
        """Return what it says; UnreadableMessage if its body is of no known format."""
        return (self._reading or read(self.body)).parse()

    @property
    def is_replay(self) -> bool:
        """Whether somebody asked for its signals to be sent again."""
        return self.replays > 0

    @property
    def was_processed(self) -> bool:
        """Whether its signals have been sent, be it to receivers that failed."""
        return self.attempts > 0 or self.processed_at is not None

    @property
    def is_waiting(self) -> bool:
        """Whether it is yet to be processed; a worker may hold it, or it not be due."""
        return self.next_attempt_at is not None

    def mark_processed(self, note: str = "") -> bool:
        """Record success, with what may yet be worth knowing; as ``_mark``."""
        now = timezone.now()
        return self._mark(self.Status.PROCESSED, error=note, processed_at=now)

    def mark_ignored(self, reason: str) -> bool:
        """Record why the message is not processed; as ``_mark``."""
        now = timezone.now()
        return self._mark(self.Status.IGNORED, error=reason, processed_at=now)

    def mark_failed(
        self, *, error: str, traceback: str, retry_at: datetime | None
    ) -> None:
        """Record a failure, and when to try again; never again: abandoned."""
        status = self.Status.FAILED if retry_at else self.Status.ABANDONED
        self._mark(
            status,
            error=clean(error),
            traceback=clean(traceback),
            next_attempt_at=retry_at,
        )

    def _mark(self, status: MessageStatus, **values: object) -> bool:
        """Change the state; return False if another worker has taken the message."""
        values = {
            "status": status,
            "error": "",
            "traceback": "",
            "next_attempt_at": None,
            "is_claimed": False,
            "attempts": self.attempts,
            **values,
        }
        for name, value in values.items():
            setattr(self, name, value)
        return table_of(ConnectMessage).update(self, values, fence="claims")
