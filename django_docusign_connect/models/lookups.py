"""Lookups that Django does not have on all of its databases."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, JSONField, Value
from django.db.models.fields.json import DataContains
from django.db.models.sql.compiler import SQLCompiler


class HasEntry(DataContains):
    """Whether a JSON object has the one entry of another, both of them texts.

    The entry's name is taken as it is: no ``__``, digit or quotation mark in it means
    anything.
    """

    def __init__(self, lhs: F, rhs: Mapping[str, str]) -> None:
        super().__init__(lhs, Value(rhs, JSONField()))
        self.entry = tuple(*rhs.items())

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[object, ...]]:
        column, params = self.process_lhs(compiler, connection)
        entries = f"SELECT 1 FROM JSON_EACH({column}) WHERE key = %s AND value = %s"  # noqa: S608 - the name of a column
        return f"EXISTS ({entries})", (*params, *self.entry)
