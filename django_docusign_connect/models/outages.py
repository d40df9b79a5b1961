"""What to tell of a database that fails."""

from __future__ import annotations

from django.db import InterfaceError, OperationalError


def describe(error: Exception) -> str:
    """Return words about an error that a log may have.

    Those about the connection are told whole. Of others the type alone: PostgreSQL
    shows the values of the row that it refused.
    """
    name = type(error).__name__
    if not isinstance(error, (OperationalError, InterfaceError, OSError)):
        return name
    return f"{name}: {' '.join(str(error).split())}"
