"""The SQL that every message needs, written from a model's fields without a query.

Django writes the SQL of each query anew, which takes several times as long as the
database needs to run it. Values and rows are converted by Django's fields and by the
backend of the database, as a query does it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.utils import CursorWrapper
from django.db.models.base import ModelState

from django_docusign_connect.models.columns import Columns

#: Of a statement, where Django knows no bound: PostgreSQL counts them in 16 bits when
#: it binds them itself (``server_side_binding``).
MOST_PARAMETERS = 65_535

Row = TypeVar("Row", bound=models.Model)
Item = TypeVar("Item")


def table_of(model: type[Row], using: str = DEFAULT_DB_ALIAS) -> Table[Row]:
    """Return the table of a model in a database."""
    table: Table[Row] = _table_of(model, using)
    return table


@cache
def _table_of(model: type[models.Model], using: str) -> Table[Any]:
    return Table(model, using)


class Table(Generic[Row]):
    """The table of one model in one database.

    Rows are made, read and written as they are: of Django's signals of a model's rows,
    none is sent.
    """

    def __init__(self, model: type[Row], using: str) -> None:
        self.model = model
        self.using = using
        fields = model._meta.local_concrete_fields
        self.fields = {field.name: field for field in fields}
        self.attnames = [field.attname for field in fields]
        known = [field for field in fields if not field.generated]
        made = [one for one in known if one.has_default() and callable(one.default)]
        self._defaults = [(field.attname, field.get_default) for field in made]
        self._constants = {field.attname: field.get_default() for field in known}
        self.all = tuple(self.fields)
        self.pk = next(field.name for field in fields if field.primary_key)
        self.new = tuple(
            field.name for field in fields if not (field.primary_key or field.generated)
        )
        self._known_columns: dict[tuple[str, ...], Columns] = {}
        quote = connections[using].ops.quote_name
        self.name = quote(model._meta.db_table)
        self.quoted = {field.name: quote(str(field.column)) for field in fields}

    def select(
        self,
        name: str,
        value: object,
        *,
        among: tuple[str, Sequence[object]] | None = None,
        lock: bool = False,
    ) -> list[Row]:
        """Return the rows that have a value in a field, the oldest first.

        ``among``: another field, and the values of which they have one. ``lock``:
        nobody else gets them until the transaction ends, if the database can lock a
        row.
        """
        connection, where = connections[self.using], f"{self.quoted[name]} = %s"
        parameters = [self.fields[name].get_db_prep_save(value, connection)]
        if among:
            other, values = among
            if not values:
                return []
            marks = ", ".join(["%s"] * len(values))
            where += f" AND {self.quoted[other]} IN ({marks})"
            prepare = self.fields[other].get_db_prep_save
            parameters += [prepare(one, connection) for one in values]
        sql = (
            f"SELECT {', '.join(self.quoted.values())} FROM {self.name} WHERE {where}"
            f" ORDER BY {self.quoted[self.pk]}"
        )
        if lock and connection.features.has_select_for_update:
            sql += f" {connection.ops.for_update_sql()}"
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            found = cursor.fetchall()
        return list(map(self._row, self.columns(self.all).rows(found, connection)))

    def make(self, **values: Any) -> Row:
        """Return a row that is not saved yet; the rest are its fields' defaults."""
        row = self.model.__new__(self.model)
        row._state = ModelState()
        row.__dict__.update(self._constants)
        for name, default in self._defaults:
            if name not in values:
                values[name] = default()
        row.__dict__.update(values)
        return row

    def _row(self, values: Sequence[Any]) -> Row:
        """Return a row that was read."""
        row = self.model.__new__(self.model)
        row._state = ModelState()
        row._state.adding, row._state.db = False, self.using
        row.__dict__.update(zip(self.attnames, values, strict=True))
        return row

    def insert(self, rows: Sequence[Row]) -> None:
        """Insert new rows, and tell each one its key.

        IntegrityError if one of them breaks a constraint.
        """
        connection = connections[self.using]
        for some in self._batches(rows, len(self.new)):
            sql, parameters = self._insert(some, self.new)
            if connection.features.can_return_rows_from_bulk_insert:
                sql += f" RETURNING {self.quoted[self.pk]}"
            with connection.cursor() as cursor:
                cursor.execute(sql, parameters)
                keys = self._new_keys(cursor, len(some))
            for row, key in zip(some, keys, strict=True):
                row.pk = key
                row._state.adding, row._state.db = False, self.using

    def update(self, row: Row, names: Iterable[str], *, fence: str = "") -> bool:
        """Save some fields of a row; return False if there is no such row.

        There is none either if the field ``fence`` is another than the row says.
        """
        chosen = tuple(names)
        marks, parameters = self.values(row, chosen)
        sets = ", ".join(
            f"{self.quoted[name]} = {mark}"
            for name, mark in zip(chosen, marks, strict=True)
        )
        conditions = (self.pk, fence) if fence else (self.pk,)
        _, wanted = self.values(row, conditions)
        where = " AND ".join(f"{self.quoted[name]} = %s" for name in conditions)
        with connections[self.using].cursor() as cursor:
            cursor.execute(
                f"UPDATE {self.name} SET {sets} WHERE {where}", parameters + wanted
            )
            return bool(cursor.rowcount)

    def update_all(self, changes: Sequence[tuple[Row, Collection[str]]]) -> None:
        """Save some fields of each of many rows, in one statement."""
        most = max(len(names) for _, names in changes)
        for some in self._batches(changes, 2 * most + 1):
            sets, parameters = self._cases(some)
            keys = [row.pk for row, _ in some]
            where = f"{self.quoted[self.pk]} IN ({', '.join(['%s'] * len(keys))})"
            sql = f"UPDATE {self.name} SET {sets} WHERE {where}"
            with connections[self.using].cursor() as cursor:
                cursor.execute(sql, parameters + keys)

    def _cases(
        self, changes: Sequence[tuple[Row, Collection[str]]]
    ) -> tuple[str, list[Any]]:
        """Return what sets each field of each row, and the parameters for it."""
        sets, parameters = [], []
        for name in sorted({name for _, names in changes for name in names}):
            column, whens = self.quoted[name], []
            for row in (row for row, names in changes if name in names):
                marks, values = self.values(row, (name,))
                whens.append(f"WHEN %s THEN {marks[0]}")
                parameters += [row.pk, *values]
            cases = f"CASE {self.quoted[self.pk]} {' '.join(whens)} ELSE {column} END"
            sets.append(f"{column} = {cases}")
        return ", ".join(sets), parameters

    def _insert(
        self, rows: Sequence[Row], names: tuple[str, ...]
    ) -> tuple[str, list[Any]]:
        parameters: list[Any] = []
        values = []
        for row in rows:
            marks, more = self.values(row, names)
            values.append(f"({', '.join(marks)})")
            parameters += more
        columns = ", ".join(map(self.quoted.__getitem__, names))
        return (
            f"INSERT INTO {self.name} ({columns}) VALUES {', '.join(values)}",
            parameters,
        )

    def values(self, row: Row, names: tuple[str, ...]) -> tuple[list[str], list[Any]]:
        """Return the SQL that stands for each value of a row, and its parameters."""
        return self.columns(names).values(row, connections[self.using])

    def columns(self, names: tuple[str, ...]) -> Columns:
        """Return the columns of some fields."""
        if names not in self._known_columns:
            fields = [self.fields[name] for name in names]
            self._known_columns[names] = Columns(fields, connections[self.using])
        return self._known_columns[names]

    def _batches(self, rows: Sequence[Item], width: int) -> Iterator[Sequence[Item]]:
        """Yield as many at a time as a statement can have, of ``width`` values each."""
        most = connections[self.using].features.max_query_params or MOST_PARAMETERS
        size = max(most // width, 1)
        for start in range(0, len(rows), size):
            yield rows[start : start + size]

    def _new_keys(self, cursor: CursorWrapper, number: int) -> Sequence[object]:
        """Return the keys of the rows just inserted, in their order.

        MySQL tells the first alone, and numbers those of one statement in order.
        """
        if connections[self.using].features.can_return_rows_from_bulk_insert:
            return [key for (key,) in cursor.fetchall()]
        first, step = cursor.lastrowid, 1
        if number > 1:
            cursor.execute("SELECT @@auto_increment_increment")
            ((step,),) = cursor.fetchall()
        return range(first, first + number * step, step)
