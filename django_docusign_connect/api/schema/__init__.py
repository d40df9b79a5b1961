"""What drf-spectacular cannot see of the read API; loaded if the project has it."""

from __future__ import annotations

from django_docusign_connect.api.schema import parameters, rows, views

__all__ = ["parameters", "rows", "views"]
