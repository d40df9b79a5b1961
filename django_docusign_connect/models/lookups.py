"""Lookups that Django does not have on all of its databases."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.fields.json import DataContains
from django.db.models.sql.compiler import SQLCompiler


class HasEntry(DataContains):
    """Whether a JSON object has the entry of another, a text by its name.

    The name is taken as it is: no ``__``, digit or quotation mark means anything.
    """

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[object, ...]]:
        column, params = self.process_lhs(compiler, connection)
        [(name, value)] = self.rhs.items()
        entries = f"SELECT 1 FROM JSON_EACH({column}) WHERE key = %s AND value = %s"  # noqa: S608 - the name of a column
        return f"EXISTS ({entries})", (*params, name, value)
