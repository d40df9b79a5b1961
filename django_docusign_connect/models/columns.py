"""Values of rows: as a database takes them, and as it gives them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from operator import attrgetter
from types import NoneType
from typing import Any, NamedTuple

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

#: Types whose values are the same in a row and in a database, but in fields of JSON.
PLAIN = frozenset({str, int, float, bool, NoneType})


class Expression(NamedTuple):
    """A value that the database works out: SQL, with ``%s`` for each parameter."""

    sql: str
    parameters: Sequence[Any] = ()


class Columns:
    """Some columns of a table, in order."""

    def __init__(
        self, fields: Sequence[models.Field[Any, Any]], connection: BaseDatabaseWrapper
    ) -> None:
        self.fields = fields
        read = attrgetter(*(field.attname for field in fields))
        self._read: Callable[[models.Model], Sequence[Any]] = (
            read if len(fields) > 1 else lambda row: (read(row),)
        )
        self._saved_first = [
            (place, field)
            for place, field in enumerate(fields)
            if type(field).pre_save is not models.Field.pre_save
        ]
        self._marks = ["%s"] * len(fields)
        self._json = {
            place
            for place, field in enumerate(fields)
            if isinstance(field, models.JSONField)
        }
        self._converters: list[tuple[int, Any, Callable[..., Any]]] = [
            (place, column, convert)
            for place, column in enumerate(field.cached_col for field in fields)
            for convert in (
                *connection.ops.get_db_converters(column),
                *column.get_db_converters(connection),
            )
        ]

    def values(
        self, row: models.Model, connection: BaseDatabaseWrapper
    ) -> tuple[list[str], list[Any]]:
        """Return what stands for each value in the SQL, and the parameters for it."""
        values = list(self._read(row))
        for place, field in self._saved_first:
            values[place] = field.pre_save(row, add=row._state.adding)
        odd = [at for at, value in enumerate(values) if type(value) not in PLAIN]
        marks = self._marks.copy()
        # From the end, since an expression may have any number of parameters.
        for place in sorted({*odd, *self._json}, reverse=True):
            value = values[place]
            kind = type(value)
            if kind is datetime:
                values[place] = connection.ops.adapt_datetimefield_value(value)
            elif kind is Expression:
                marks[place] = value.sql
                values[place : place + 1] = value.parameters
            else:
                made = self.fields[place].get_db_prep_save(value, connection)
                values[place] = made
                if kind is bytes and connection.vendor == "mysql":
                    marks[place] = "_binary %s"
        return marks, values

    def rows(
        self, found: Iterable[Sequence[Any]], connection: BaseDatabaseWrapper
    ) -> Iterator[list[Any]]:
        """Yield the rows found, each value as the row's field has it."""
        for values in map(list, found):
            for place, column, convert in self._converters:
                if values[place] is not None:
                    values[place] = convert(values[place], column, connection)
            yield values
