from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class LeasesConfig(AppConfig):
    name = "example_project.leases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the receivers, which importing their modules does, in this order."""
        import_module("example_project.leases.pretending")
        import_module("example_project.leases.receivers")
