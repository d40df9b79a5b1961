"""The custom fields of envelopes, to find envelopes by."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from django_docusign_connect.models.envelope import Envelope
from django_docusign_connect.models.lookups import custom_field_digest
from django_docusign_connect.models.table import table_of


class CustomFieldEntryQuerySet(models.QuerySet["CustomFieldEntry"]):
    def replace(self, envelope: Envelope, *, is_new: bool) -> None:
        """Make an envelope found by the custom fields that it has now, and no others.

        Its row is locked; a new one has none yet.
        """
        if not is_new:
            self.filter(envelope=envelope).delete()
        table_of(CustomFieldEntry, self.db).insert(
            [
                CustomFieldEntry(envelope=envelope, digest=custom_field_digest(*field))
                for field in envelope.custom_fields.items()
            ]
        )


class CustomFieldEntry(models.Model):
    """One custom field that an envelope has, as a digest of its name and value.

    No database but PostgreSQL has an index on what is in ``Envelope.custom_fields``.
    """

    envelope = models.ForeignKey(
        Envelope,
        on_delete=models.CASCADE,
        related_name="custom_field_entries",
        verbose_name=_("envelope"),
    )
    digest = models.CharField(_("SHA-256 digest"), max_length=64)

    objects = CustomFieldEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("custom field")
        verbose_name_plural = _("custom fields")
        constraints = [
            models.UniqueConstraint(
                fields=["digest", "envelope"], name="docusign_custom_field"
            )
        ]

    def __str__(self) -> str:
        return self.digest[:12]
