"""The admin: what was received and what is known, to be read; what failed, again."""

from __future__ import annotations

from django_docusign_connect.admin.dashboard import DashboardAdmin
from django_docusign_connect.admin.envelope import EnvelopeAdmin
from django_docusign_connect.admin.message import ConnectMessageAdmin

__all__ = ["ConnectMessageAdmin", "DashboardAdmin", "EnvelopeAdmin"]
