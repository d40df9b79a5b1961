"""Pages of the lists, with links to the next one and the one before."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from django.db.models import QuerySet
from django.template import loader
from django.utils.translation import gettext as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from django_docusign_connect.api.keyset import Position, TimeOrder
from django_docusign_connect.api.parameters import as_count, one_of, read

MAX_KEY = 2**63 - 1


@dataclass(frozen=True)
class Cursor:
    """What a link says of its page: the order, and beyond which row it is."""

    ordering: str
    start: Position
    is_backwards: bool = False

    def __str__(self) -> str:
        at = self.start.at and self.start.at.isoformat()
        parts = [self.ordering, at, self.start.pk, self.is_backwards]
        text = json.dumps(parts, separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, texts: Sequence[str]) -> Cursor:
        """Return the cursor that a link holds; ValueError if it is none."""
        try:
            text = texts[-1].encode("ascii")
            padded = text + b"=" * (-len(text) % 4)
            return cls._of(*json.loads(base64.urlsafe_b64decode(padded)))
        except (ValueError, TypeError, OverflowError, RecursionError) as error:
            raise ValueError(_("This is no cursor of this list.")) from error

    @classmethod
    def _of(cls, ordering: str, at: str | None, pk: int, is_backwards: bool) -> Cursor:
        if type(pk) is not int or not 0 <= pk <= MAX_KEY:
            raise ValueError("A key is a whole number that databases can hold.")
        time = None if at is None else datetime.fromisoformat(at)
        if time and not time.tzinfo:
            raise ValueError("A row's time is aware.")
        time = time and time.astimezone(timezone.utc)
        return cls(ordering, Position(time, pk), is_backwards is True)


class TimeCursorPagination(BasePagination):
    """Cuts a list into pages in one of the view's ``orderings``; the first is default.

    Parameters: ``ordering``, ``page_size``, and ``cursor``, which links hold.
    """

    page_size = 50
    max_page_size = 200
    template = "rest_framework/pagination/previous_and_next.html"

    def paginate_queryset(
        self, queryset: Any, request: Request, view: Any = None
    ) -> list[Any]:
        self.url = request.build_absolute_uri()
        chosen = read(request, "ordering", one_of(view.orderings))
        self.ordering: str = chosen or view.orderings[0]
        self.order = TimeOrder.of(self.ordering)
        size = read(request, "page_size", as_count) or self.page_size
        cursor = read(request, "cursor", self.read_cursor)
        return self._cut(queryset, cursor, size=min(size, self.max_page_size))

    def read_cursor(self, texts: Sequence[str]) -> Cursor:
        """Return the cursor of a list in this order."""
        cursor = Cursor.read(texts)
        if cursor.ordering != self.ordering:
            raise ValueError(_("This is a cursor of a list in another order."))
        return cursor

    def _cut(
        self, queryset: QuerySet[Any], cursor: Cursor | None, *, size: int
    ) -> list[Any]:
        backwards = cursor is not None and cursor.is_backwards
        start = cursor.start if cursor else None
        taken = self.order.take(
            queryset, limit=size + 1, start=start, backwards=backwards
        )
        rows, has_more = taken[:size], len(taken) > size
        if backwards:
            rows.reverse()
        has_next = has_more or backwards
        has_previous = has_more if backwards else cursor is not None
        self.next = self.link(rows[-1]) if rows and has_next else None
        self.previous = (
            self.link(rows[0], backwards=True) if rows and has_previous else None
        )
        self.display_page_controls = bool(self.next or self.previous)
        return rows

    def link(self, row: Any, *, backwards: bool = False) -> str:
        """Return the URL of the page beyond a row."""
        cursor = Cursor(self.ordering, self.order.position(row), backwards)
        return replace_query_param(self.url, "cursor", str(cursor))

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self.next, "previous": self.previous, "results": data})

    def to_html(self) -> str:
        """Return the links of a page in the browsable API."""
        context = {"previous_url": self.previous, "next_url": self.next}
        return loader.get_template(self.template).render(context)

    def get_paginated_response_schema(self, schema: Any) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        text, count = {"type": "string"}, {"type": "integer", "minimum": 1}
        orderings = {"type": "string", "enum": [*view.orderings]}
        return [
            _describe("cursor", _("Of a link to a page; see next, previous."), text),
            _describe("ordering", _("By which time the rows are in order."), orderings),
            _describe("page_size", _("Rows of a page, at most 200."), count),
        ]


def _describe(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": schema,
    }
