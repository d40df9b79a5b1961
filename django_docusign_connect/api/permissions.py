"""Who may read what."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request


class HasRequiredPermission(IsAuthenticated):
    """Lets in users who have the view's ``required_permission``."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return super().has_permission(request, view) and request.user.has_perm(
            view.required_permission
        )
