"""The system checks: one small check for each way to misconfigure.

Ids are never used again, not even that of a check that is gone.
"""

from __future__ import annotations

from django_docusign_connect.checks.options import check_settings
from django_docusign_connect.checks.project import check_database, check_storage

__all__ = ["check_database", "check_settings", "check_storage"]
