"""The bytes of a message: in its row while they are few, else in a file."""

from __future__ import annotations

import uuid

from django.core.files.base import ContentFile
from django.db import models
from django.utils.translation import gettext_lazy as _

from django_docusign_connect.models.file_chunk import get_storage


def body_name(message: KeptBody, filename: str) -> str:
    """Return a name of the app's own making, never the sender's."""
    return f"messages/{uuid.uuid4().hex}"


class KeptBody(models.Model):
    """A row with a body, kept exactly as it came."""

    inline_body = models.BinaryField(_("body in the row"), null=True)
    body_file = models.FileField(
        _("body in a file"),
        upload_to=body_name,
        storage=get_storage,
        blank=True,
        default="",
        db_default="",
    )
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    digest = models.CharField(_("SHA-256 digest"), max_length=64)

    class Meta:
        abstract = True

    @property
    def body(self) -> bytes:
        """The bytes as they came; empty once they are pruned."""
        if self.inline_body is not None:
            return bytes(self.inline_body)
        if not self.body_file:
            return b""
        with self.body_file.open("rb") as file:
            return bytes(file.read())

    def keep_body_in_file(self, body: bytes) -> None:
        """Take a large body in, before the row is saved."""
        self.body_file.save("", ContentFile(body), save=False)

    def drop_body(self) -> None:
        """Delete the file of a body whose row was not saved after all."""
        if self.body_file:
            self.body_file.delete(save=False)

    @property
    def has_body(self) -> bool:
        """Whether the body is still kept."""
        return self.inline_body is not None or bool(self.body_file)
