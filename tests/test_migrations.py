"""The migrations make the tables, unmake them, and leave nothing out."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from tests.bodies import sim

# SQLite makes no schema within a test's transaction.
pytestmark = pytest.mark.django_db(transaction=True)

APP = "docusign_connect"
MIGRATIONS = sorted(
    name for app, name in MigrationLoader(None).disk_migrations if app == APP
)


def tables() -> set[str]:
    names = connection.introspection.table_names()
    return {name for name in names if name.startswith(f"{APP}_")}


def migrate(target: str = "") -> None:
    names = [APP, target] if target else [APP]
    call_command("migrate", *names, verbosity=0, interactive=False)


def test_tables_are_made_from_nothing_and_unmade(post: Callable[..., Any]) -> None:
    models = apps.get_app_config(APP).get_models(include_auto_created=True)
    expected = {model._meta.db_table for model in models}
    post(sim("envelope-sent"))
    try:
        migrate("zero")
        assert tables() == set()
    finally:
        migrate()
    assert tables() == expected
    assert post(sim("envelope-sent")).json() == {"status": "accepted"}


def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", APP, check=True, dry_run=True, stdout=StringIO())


@pytest.mark.parametrize("name", MIGRATIONS)
@pytest.mark.parametrize("backwards", [False, True])
def test_each_migration_can_be_shown_as_sql(name: str, *, backwards: bool) -> None:
    out = StringIO()
    call_command("sqlmigrate", APP, name, backwards=backwards, stdout=out)
    assert f"{APP}_" in out.getvalue()


def test_body_is_the_last_column_of_a_message() -> None:
    with connection.cursor() as cursor:
        columns = connection.introspection.get_table_description(
            cursor, "docusign_connect_connectmessage"
        )
    assert columns[-1].name == "inline_body"
