"""The rows of a list as a CSV file, however many there are."""

from __future__ import annotations

from array import array
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from operator import attrgetter
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.admin.utils import label_for_field
from django.core.handlers.asgi import ASGIRequest
from django.db.models import DateTimeField, Field, QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from django_docusign_connect.admin.spreadsheet import BYTE_ORDER_MARK, write_lines

BATCH = 500
#: What tells a page that reads the file how many rows it has.
ROWS = "X-Rows"


@dataclass
class Export:
    """The rows that were chosen at one moment, and what is shown of them.

    Their keys are taken at once, eight bytes for each; the rows are read in batches. So
    one that changes or comes meanwhile is neither missed nor there twice, and is shown
    as it was when its batch was read. One that is gone by then is left out.

    ``sources`` name what each column shows: a field, or an attribute of the row or of
    the model's admin.
    """

    request: HttpRequest
    model_admin: Any
    chosen: QuerySet[Any]
    columns: Sequence[Any]
    sources: Sequence[Any]
    separator: str

    @cached_property
    def keys(self) -> array[int]:
        keys = self.chosen.values_list("pk", flat=True)
        return array("q", keys.iterator(chunk_size=10_000))

    def response(self, name: str) -> StreamingHttpResponse:
        """Return the file as it is made; under ASGI it holds up nobody else."""
        is_async = isinstance(self.request, ASGIRequest)
        return StreamingHttpResponse(
            self._awaited() if is_async else self.parts(),
            content_type="text/csv; charset=utf-8",
            headers={
                ROWS: str(len(self.keys)),
                "Content-Disposition": f'attachment; filename="{name}"',
                "X-Content-Type-Options": "nosniff",
                # Neither Django's GZipMiddleware nor nginx is to hold a batch back.
                "Content-Encoding": "identity",
                "X-Accel-Buffering": "no",
            },
        )

    async def _awaited(self) -> AsyncIterator[bytes]:
        parts = self.parts()

        def take() -> bytes:
            return next(parts, b"")

        while part := await sync_to_async(take)():
            yield part

    def parts(self) -> Iterator[bytes]:
        """Yield the headings, and the rows in batches.

        All in the time zone and the language of the request, which is answered by then.
        """
        zone, language = timezone.get_current_timezone(), translation.get_language()
        yield BYTE_ORDER_MARK + self._write([self.headings])
        for start in range(0, len(self.keys), BATCH):
            with timezone.override(zone), translation.override(language):
                part = self._write(self._values(self.keys[start : start + BATCH]))
            if part:
                yield part

    def _write(self, rows: Sequence[Sequence[object]]) -> bytes:
        return write_lines(rows, separator=self.separator)

    @cached_property
    def headings(self) -> list[str]:
        """The labels of the columns; those of times name the time zone."""
        zone = timezone.get_current_timezone_name()
        times = [isinstance(self._field(one), DateTimeField) for one in self.sources]
        return [
            f"{label} ({zone})" if is_time else label
            for label, is_time in zip(self._labels(), times, strict=True)
        ]

    def _labels(self) -> Iterator[str]:
        model = self.chosen.model
        for name in self.columns:
            yield capfirst(str(label_for_field(name, model, self.model_admin)))

    def _field(self, source: object) -> Field[Any, Any] | None:
        fields = self.chosen.model._meta.concrete_fields
        return next((field for field in fields if field.name == source), None)

    @cached_property
    def _wanted(self) -> QuerySet[Any]:
        """The rows that the user may see; of each, what is shown, if it is fields."""
        rows: QuerySet[Any] = self.model_admin.get_queryset(self.request)
        if all(map(self._field, self.sources)):
            return rows.defer(None).only(*self.sources)
        return rows

    def _values(self, keys: Sequence[int]) -> list[list[object]]:
        rows = self._wanted.in_bulk(keys)
        kept = [rows[key] for key in keys if key in rows]
        self.model_admin.complete(kept, self.sources)
        return [[read(row) for read in self._readers] for row in kept]

    @cached_property
    def _readers(self) -> list[Callable[[Any], object]]:
        return [self._reader(source) for source in self.sources]

    def _reader(self, source: Any) -> Callable[[Any], object]:
        """Return what reads a cell of a row, as text if it is shown as HTML."""
        if self._field(source):
            return attrgetter(source)
        if not callable(source):
            source = getattr(self.model_admin, source, None) or attrgetter(source)

        def read(row: Any) -> object:
            value = source(row)
            value = value() if callable(value) else value
            is_markup = isinstance(value, SafeString)
            return unescape(strip_tags(value)) if is_markup else value

        return read
