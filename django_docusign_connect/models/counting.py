"""Rows of which each is kept once: a new one is inserted, a repeat is counted on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Generic

from django.db import connections, transaction
from django.db.models.constants import OnConflict

from django_docusign_connect.models.table import Row, Table


@dataclass
class Counting(Generic[Row]):
    """A table, and how a row is counted that is there already.

    The field ``counter`` of the one with the same value of the field ``unique`` is
    raised by one, and ``copied`` takes the new row's value. ``told`` are the fields of
    which the new row is told what is kept.
    """

    table: Table[Row]
    unique: str
    counter: str
    copied: str
    told: tuple[str, ...]
    _statements: dict[tuple[object, ...], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        fields = [self.table.fields[name] for name in self.table.new]
        #: What the database fills in, unless a new row has another value.
        self._defaults = [
            (field.name, field.attname, field.get_default())
            for field in fields
            if field.has_db_default() or (field.null and not field.has_default())
        ]
        filled_in = {name for name, *_ in self._defaults}
        self._always = tuple(n for n in self.table.new if n not in filled_in)

    def insert(self, row: Row) -> None:
        """Insert a new row, or count it; it is told its key, and ``told``."""
        connection = connections[self.table.using]
        names = self._always + self._not_default(row)
        marks, parameters = self.table.values(row, names)
        sql = self._statement(names, tuple(marks))
        if connection.features.can_return_columns_from_insert:
            with connection.cursor() as cursor:
                cursor.execute(sql, parameters)
                found = cursor.fetchall()
        else:
            # In one transaction, so that nobody else counts before the row is read.
            with transaction.atomic(self.table.using), connection.cursor() as cursor:
                cursor.execute(sql, parameters)
                cursor.execute(*self._select(row))
                found = cursor.fetchall()
        told = self.table.columns((self.table.pk, *self.told))
        (values,) = told.rows(found, connection)
        for one, value in zip(told.fields, values, strict=True):
            setattr(row, one.attname, value)
        row._state.adding, row._state.db = False, self.table.using

    def _not_default(self, row: Row) -> tuple[str, ...]:
        values = row.__dict__
        differ = [
            name
            for name, attname, default in self._defaults
            if values[attname] is not default and values[attname] != default
        ]
        return tuple(differ)

    def _statement(self, names: tuple[str, ...], marks: tuple[str, ...]) -> str:
        if sql := self._statements.get((names, marks)):
            return sql
        table, connection = self.table, connections[self.table.using]
        columns = ", ".join(map(table.quoted.__getitem__, names))
        conflict = connection.ops.on_conflict_suffix_sql(
            [table.fields[name] for name in names],
            OnConflict.UPDATE,
            [table.fields[self.copied].column],
            [table.fields[self.unique].column],
        )
        counter = table.quoted[self.counter]
        sql = (
            f"INSERT INTO {table.name} ({columns}) VALUES ({', '.join(marks)})"
            f" {conflict}, {counter} = {table.name}.{counter} + 1"
        )
        if connection.features.can_return_columns_from_insert:
            sql += f" RETURNING {self._wanted}"
        self._statements[names, marks] = sql
        return sql

    def _select(self, row: Row) -> tuple[str, list[Any]]:
        _, value = self.table.values(row, (self.unique,))
        where = f"{self.table.quoted[self.unique]} = %s"
        return f"SELECT {self._wanted} FROM {self.table.name} WHERE {where}", value

    @property
    def _wanted(self) -> str:
        return ", ".join(self.table.quoted[n] for n in (self.table.pk, *self.told))
