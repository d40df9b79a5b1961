"""A document of an envelope, with its file if a message brought it."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from django_docusign_connect.models.envelope import Envelope
from django_docusign_connect.models.file_chunk import get_storage


def file_name(document: EnvelopeDocument, filename: str) -> str:
    """Return a name of the app's own making, never the sender's."""
    return f"documents/{uuid.uuid4().hex}"


class EnvelopeDocument(models.Model):
    """One document of an envelope; the certificate of completion is one, too."""

    class Type(models.TextChoices):
        CONTENT = "content", _("Content")
        SUMMARY = "summary", _("Certificate of completion")

    envelope = models.ForeignKey(
        Envelope,
        on_delete=models.CASCADE,
        related_name="documents",
        db_index=False,
        verbose_name=_("envelope"),
    )
    document_id = models.CharField(_("document ID"), max_length=255)
    name = models.TextField(_("name"), blank=True)
    type = models.CharField(_("type"), max_length=50, choices=Type, blank=True)
    order = models.PositiveIntegerField(_("order"), null=True, blank=True)
    file = models.FileField(
        _("file"), upload_to=file_name, storage=get_storage, blank=True
    )
    size = models.PositiveBigIntegerField(_("size in bytes"), null=True, blank=True)
    sha256 = models.CharField(_("SHA-256 digest"), max_length=64, blank=True)
    content_type = models.CharField(_("content type"), max_length=100, blank=True)
    stamps = models.JSONField(default=dict, editable=False)

    class Meta:
        verbose_name = _("envelope document")
        verbose_name_plural = _("envelope documents")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["envelope", "document_id"], name="docusign_document_id"
            )
        ]
        permissions = [
            ("download_envelopedocument", _("Can download documents of envelopes"))
        ]

    def __str__(self) -> str:
        return self.name[:80] or self.document_id
