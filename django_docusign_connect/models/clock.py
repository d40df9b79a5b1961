"""The database's clock, which all the machines that share the database go by."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model
from django.db.models.functions import Now
from django.db.models.sql.compiler import SQLCompiler

from django_docusign_connect.models.columns import Expression


class DatabaseNow(Now):
    """The moment so many seconds after a statement is run, in UTC.

    With claims that end by it, a worker whose own clock is ahead takes nothing from
    one that is at work.
    """

    def __init__(self, *, later: float = 0) -> None:
        super().__init__()
        #: In microseconds, which all databases count in.
        self.later = round(later * 1_000_000)

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, Any]:
        now = "STATEMENT_TIMESTAMP()"
        if self.later:
            now = f"({now} + INTERVAL '{self.later} microseconds')"
        return self.as_sql(compiler, connection, template=now, **context)

    def as_mysql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, Any]:
        # Times are kept in UTC, and CURRENT_TIMESTAMP follows the session's time zone.
        now = "UTC_TIMESTAMP(6)"
        if self.later:
            now = f"({now} + INTERVAL {self.later} MICROSECOND)"
        return self.as_sql(compiler, connection, template=now, **context)

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, Any]:
        # It ticks in milliseconds: what was written since the last tick is past, too.
        form = "%%%%Y-%%%%m-%%%%d %%%%H:%%%%M:%%%%f999"
        later = f", '+{self.later / 1_000_000:f} seconds'" if self.later else ""
        now = f"STRFTIME('{form}', 'NOW'{later})"
        return self.as_sql(compiler, connection, template=now, **context)


@cache
def moment_in(seconds: float, *, model: type[Model], using: str) -> Expression:
    """Return the moment so many seconds after a row of the model is written."""
    query = model._default_manager.all().query
    moment = DatabaseNow(later=seconds).resolve_expression(
        query, allow_joins=False, for_save=True
    )
    sql, parameters = query.get_compiler(using).compile(moment)
    return Expression(sql, parameters)
