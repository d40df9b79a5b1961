"""Connects the receivers, and holds the database's file to its quota."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from django_docusign_connect.signals import connect_event
from tests.chaos.host.receivers import flaky, quick, slow


class HostConfig(AppConfig):
    name = "tests.chaos.host"
    label = "chaos_host"

    def ready(self) -> None:
        for receiver in (quick, slow, flaky):
            connect_event.connect(receiver)
        connection_created.connect(hold_to_quota)


def hold_to_quota(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Let SQLite's file grow no further while the quota says so.

    SQLite then answers what it answers on a full disk: SQLITE_FULL.
    """
    quota = Path(os.environ["CHAOS_QUOTA"])
    if connection.vendor == "sqlite" and quota.exists():
        with connection.cursor() as cursor:
            # Less than it has means no more than it has.
            cursor.execute("PRAGMA max_page_count = 1")
