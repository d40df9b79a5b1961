"""What a database lets a transaction lock."""

from __future__ import annotations

from django.db import connections


def reads_without_lock(alias: str) -> bool:
    """Whether a transaction that reads first may fail to write.

    That is so for SQLite's, unless they are IMMEDIATE.
    """
    connection = connections[alias]
    if connection.features.has_select_for_update:
        return False
    return getattr(connection, "transaction_mode", None) != "IMMEDIATE"
