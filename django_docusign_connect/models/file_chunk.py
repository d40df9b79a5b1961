"""Files kept in the database in chunks: private, and within any packet limit."""

from __future__ import annotations

import io
from collections.abc import Iterable

from django.core.files.base import File
from django.core.files.storage import Storage, storages
from django.db import models, transaction
from django.utils.deconstruct import deconstructible
from django.utils.translation import gettext_lazy as _

from django_docusign_connect.conf import STORAGE_ALIAS, has_storage

CHUNK_SIZE = 256 * 1024


class FileChunkQuerySet(models.QuerySet["FileChunk"]):
    def of(self, name: str) -> FileChunkQuerySet:
        """Narrow to one file's chunks, in order."""
        return self.filter(name=name).order_by("number")

    def write(self, name: str, chunks: Iterable[bytes]) -> None:
        """Keep a whole file, or nothing of it; its chunks are written one by one."""
        with transaction.atomic(using=self.db):
            for number, data in enumerate(chunks):
                self.create(name=name, number=number, data=data)


class FileChunk(models.Model):
    """A part of a file: at most ``CHUNK_SIZE`` bytes."""

    name = models.CharField(_("name"), max_length=100)
    number = models.PositiveIntegerField(_("number"))
    data = models.BinaryField(_("data"))

    objects = FileChunkQuerySet.as_manager()

    class Meta:
        verbose_name = _("file chunk")
        verbose_name_plural = _("file chunks")
        constraints = [
            models.UniqueConstraint(
                fields=["name", "number"], name="docusign_chunk_of_file"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} [{self.number}]"


@deconstructible
class DatabaseStorage(Storage):
    """Keep files as rows of :class:`FileChunk`; they have no URL."""

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        if mode != "rb":
            raise ValueError(f"A kept file is only read, not opened as {mode!r}.")
        whole = io.BytesIO()
        for data in (
            FileChunk.objects.of(name)
            .values_list("data", flat=True)
            .iterator(chunk_size=1)
        ):
            whole.write(data)
        if not whole.tell():
            raise FileNotFoundError(name)
        whole.seek(0)
        return File(whole, name=name)

    def _save(self, name: str, content: File[bytes]) -> str:
        FileChunk.objects.write(name, content.chunks(CHUNK_SIZE))
        return name

    def delete(self, name: str) -> None:
        FileChunk.objects.of(name).delete()

    def exists(self, name: str) -> bool:
        return FileChunk.objects.of(name).exists()

    def size(self, name: str) -> int:
        lengths = FileChunk.objects.of(name).values_list("data", flat=True)
        return sum(map(len, lengths.iterator(chunk_size=1)))


def get_storage() -> Storage:
    """Return the storage of the project's alias, else the database's."""
    return storages[STORAGE_ALIAS] if has_storage() else DatabaseStorage()
