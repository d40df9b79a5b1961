"""An envelope, as Connect's messages have told of it so far."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models, router
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from django_docusign_connect import __version__
from django_docusign_connect.models.locking import reads_without_lock
from django_docusign_connect.models.lookups import custom_field_digest, lower
from django_docusign_connect.models.table import table_of

FINAL_STATUSES = ("completed", "declined", "voided")
#: The fields of which one changes with whatever is told of an envelope: all that is
#: learned moves ``changed_at``, and only the target is set by the project.
VERSION_FIELDS = ("pk", "changed_at", "target_type_id", "target_id")


class EnvelopeQuerySet(models.QuerySet["Envelope"]):
    def track(
        self, envelope_id: UUID | str, *, target: models.Model | None = None
    ) -> Envelope:
        """Return the envelope, linked to an object of the host project.

        Call it when the envelope is sent; a message may have come first. Nothing
        that Connect has told is changed. Idempotent.
        """
        envelope, _created = self.get_or_create(envelope_id=envelope_id)
        if target is not None:
            envelope.target = target
            envelope.save(update_fields=["target_type", "target_id"])
        return envelope

    def for_target(self, target: models.Model) -> EnvelopeQuerySet:
        """Narrow to the envelopes linked to an object of the host project."""
        target_type = ContentType.objects.get_for_model(target)
        return self.filter(target_type=target_type, target_id=str(target.pk))

    def sent_to(self, email: str) -> EnvelopeQuerySet:
        """Narrow to those with a recipient of an e-mail address, in any case."""
        return self.filter(pk__in=_keys(recipients__email_lower=lower(email)))

    def sent_by(self, email: str) -> EnvelopeQuerySet:
        """Narrow to those with a sender of an e-mail address, in any case."""
        return self.filter(sender_email_lower=lower(email))

    def with_custom_field(self, name: str, value: str) -> EnvelopeQuerySet:
        """Narrow to those that have a custom field with just this value."""
        digest = custom_field_digest(name, value)
        return self.filter(pk__in=_keys(custom_field_entries__digest=digest))

    def keys_of(self, envelope_ids: Iterable[UUID | None]) -> dict[UUID, int]:
        """Return the keys of the rows of some envelopes, those that there are."""
        known = {found for found in envelope_ids if found is not None}
        rows = self.filter(envelope_id__in=known).order_by()
        return dict(rows.values_list("envelope_id", "pk"))

    def recipient_emails(self, pks: Iterable[int]) -> dict[int, list[str]]:
        """Return the addresses of the recipients of some envelopes, as they sign."""
        found: dict[int, list[str]] = {pk: [] for pk in pks}
        rows = self.filter(pk__in=found)
        in_order = rows.order_by("recipients__routing_order", "recipients__pk")
        for pk, email in in_order.values_list("pk", "recipients__email"):
            found[pk] += [email] if email else []
        return found

    def versions(self) -> dict[int, str]:
        """Return the version of each envelope by the key of its row."""
        rows = self.order_by().values_list(*VERSION_FIELDS)
        return {row[0]: _version(row) for row in rows}

    def newest(self, number: int) -> EnvelopeQuerySet:
        """Narrow to so many that changed last; those that changed at once stay."""
        times = self.order_by("-changed_at").values_list("changed_at", flat=True)
        for oldest in times[number - 1 : number]:
            return self.filter(changed_at__gte=oldest)
        return self

    def lock(self, envelope_id: UUID) -> Envelope | None:
        """Return an envelope, locked until the transaction ends; None if unknown.

        Of one envelope's messages this lets one at a time through; those of other
        envelopes never wait.
        """
        if reads_without_lock(self.db):
            self.filter(envelope_id=envelope_id).update(envelope_id=envelope_id)
        table = table_of(Envelope, self.db)
        return next(iter(table.select("envelope_id", envelope_id, lock=True)), None)


class Envelope(models.Model):
    """An envelope, as last known.

    Its fields follow what was generated last, not what came last. A final status
    (completed, declined, voided) is never undone by one that is not.
    """

    envelope_id = models.UUIDField(_("envelope ID"), unique=True)
    account_id = models.CharField(_("account ID"), max_length=100, blank=True)
    status = models.CharField(_("status"), max_length=50, blank=True)
    subject = models.TextField(_("subject"), blank=True)
    sender_name = models.CharField(_("sender name"), max_length=255, blank=True)
    sender_email = models.CharField(_("sender email"), max_length=255, blank=True)
    sender_email_lower = models.GeneratedField(
        expression=Lower("sender_email"),
        output_field=models.CharField(max_length=255),
        db_persist=True,
    )
    created_at = models.DateTimeField(_("created at"), null=True, blank=True)
    initial_sent_at = models.DateTimeField(_("first sent at"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    delivered_at = models.DateTimeField(
        _("delivered at"),
        null=True,
        blank=True,
        help_text=_("When all recipients had opened it; not the e-mail's delivery."),
    )
    completed_at = models.DateTimeField(_("completed at"), null=True, blank=True)
    declined_at = models.DateTimeField(_("declined at"), null=True, blank=True)
    voided_at = models.DateTimeField(_("voided at"), null=True, blank=True)
    voided_reason = models.TextField(_("voided reason"), blank=True)
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    status_changed_at = models.DateTimeField(
        _("status changed at"), null=True, blank=True
    )
    last_event_at = models.DateTimeField(_("last event at"), null=True, blank=True)
    changed_at = models.DateTimeField(
        _("changed at"),
        auto_now=True,
        help_text=_("When something was last learned of it."),
    )
    custom_fields = models.JSONField(_("custom fields"), default=dict, blank=True)
    target_type = models.ForeignKey(
        ContentType,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("target type"),
    )
    target_id = models.CharField(_("target ID"), max_length=64, null=True, blank=True)  # noqa: DJ001 - no target is NULL in both of its columns
    target = GenericForeignKey("target_type", "target_id")
    newest_at = models.DateTimeField(null=True, editable=False)
    is_contested = models.BooleanField(
        default=False,
        editable=False,
        help_text=_("Whether two of its recipients have had the same ID."),
    )
    stamps = models.JSONField(default=dict, editable=False)

    objects = EnvelopeQuerySet.as_manager()

    class Meta:
        verbose_name = _("envelope")
        verbose_name_plural = _("envelopes")
        ordering = ["-changed_at", "-pk"]
        indexes = [
            models.Index(fields=["changed_at"], name="docusign_envelope_changed"),
            models.Index(fields=["created_at"], name="docusign_envelope_created"),
            models.Index(
                fields=["status_changed_at"], name="docusign_envelope_status_at"
            ),
            models.Index(
                fields=["status", "changed_at"], name="docusign_envelope_status"
            ),
            models.Index(
                fields=["account_id", "changed_at"], name="docusign_envelope_account"
            ),
            models.Index(
                fields=["sender_email_lower", "changed_at"],
                name="docusign_envelope_sender",
            ),
            models.Index(
                fields=["target_type", "target_id"], name="docusign_envelope_target"
            ),
        ]
        permissions = [("erase_envelope", _("Can erase personal data of envelopes"))]

    def __str__(self) -> str:
        return self.subject[:80] or str(self.envelope_id)

    @property
    def is_final(self) -> bool:
        """Whether nothing more is to be signed: completed, declined or voided."""
        return self.status in FINAL_STATUSES

    @property
    def version(self) -> str:
        """A text that differs as soon as anything that is told of it has changed."""
        return _version([getattr(self, name) for name in VERSION_FIELDS])

    def save_learned(self, fields: Iterable[str]) -> None:
        """Save some fields, and that something was learned; make the row if it is new.

        IntegrityError if there is one by now.
        """
        table = table_of(Envelope, router.db_for_write(Envelope))
        if self._state.adding:
            table.insert([self])
        else:
            table.update(self, [*fields, "changed_at"])


def _version(values: Sequence[object]) -> str:
    told = repr((__version__, *values))
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _keys(**lookups: object) -> models.QuerySet[Envelope, Any]:
    """Return the keys of the envelopes that some lookups find, unordered."""
    return Envelope.objects.filter(**lookups).order_by().values("pk")
