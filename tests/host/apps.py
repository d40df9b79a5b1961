"""Connects the receivers in the processes that the tests start."""

from __future__ import annotations

from django.apps import AppConfig

from django_docusign_connect.signals import connect_event
from tests.host.receivers import quick, slow


class HostConfig(AppConfig):
    name = "tests.host"

    def ready(self) -> None:
        connect_event.connect(quick)
        connect_event.connect(slow)
