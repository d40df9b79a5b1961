"""The Django app."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module

from django.apps import AppConfig, apps
from django.core.checks import Tags, register
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from django_docusign_connect.authentication.rejections import count_rejection
from django_docusign_connect.checks import (
    check_database,
    check_settings,
    check_storage,
)
from django_docusign_connect.conf import processor_path
from django_docusign_connect.signals import message_rejected


class DocusignConnectConfig(AppConfig):
    """Receives, verifies, keeps and announces the messages of DocuSign Connect."""

    name = "django_docusign_connect"
    label = "docusign_connect"
    verbose_name = _("DocuSign Connect")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register(check_settings, Tags.security)
        register(check_storage, Tags.files)
        register(check_database, Tags.compatibility)
        # A receiver, so that a cache that is away cannot change the answer.
        message_rejected.connect(count_rejection)
        # A worker finds the task of a processor that has one: importing registers it.
        # What cannot be imported is for the checks to tell.
        with suppress(ImportError):
            import_string(processor_path())
        if apps.is_installed("drf_spectacular"):
            import_module("django_docusign_connect.api.schema")
