"""The admin of messages as a queue: process again, ignore; selected ones, or one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from django_docusign_connect.admin import processing
from django_docusign_connect.admin.pages import MOST_ROWS
from django_docusign_connect.admin.read_only import ReadOnlyAdmin, may

Act = Callable[[HttpRequest, list[int]], None]


def listed(chosen: QuerySet[Any]) -> list[int]:
    """Return the keys of chosen rows; of all, those that the list's pages show."""
    return list(chosen.values_list("pk", flat=True)[:MOST_ROWS])


class ProcessingAdmin(ReadOnlyAdmin):
    """Has messages processed again or ignored, for who may process them."""

    actions = ["process_again", "ignore"]

    @admin.action(
        description=_("Process selected messages again"), permissions=["process"]
    )
    def process_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        processing.process_again(request, listed(queryset))

    @admin.action(description=_("Ignore selected messages"), permissions=["process"])
    def ignore(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        processing.ignore(request, listed(queryset))

    def has_process_permission(self, request: HttpRequest) -> bool:
        return may(request, "process_connectmessage")

    def get_urls(self) -> list[URLPattern]:
        buttons = {"process": self.process_message, "ignore": self.ignore_message}
        own = [
            path(
                f"<int:pk>/{name}/",
                self.admin_site.admin_view(view),
                name=f"docusign_connect_connectmessage_{name}",
            )
            for name, view in buttons.items()
        ]
        return [*own, *super().get_urls()]

    @method_decorator(require_POST)
    def process_message(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Process one message again, from the button on its page."""
        return self._act(request, pk, processing.process_again)

    @method_decorator(require_POST)
    def ignore_message(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ignore one message, from the button on its page."""
        return self._act(request, pk, processing.ignore)

    def _act(self, request: HttpRequest, pk: int, act: Act) -> HttpResponse:
        message = self.get_visible(request, pk)
        if not self.has_process_permission(request):
            raise PermissionDenied
        act(request, [message.pk])
        return redirect(self.url_of(self.model, "change", message.pk))
