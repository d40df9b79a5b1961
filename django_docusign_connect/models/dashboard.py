"""The dashboard as a model without a table: the admin links to models alone."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from django_docusign_connect.models.envelope import Envelope


class Dashboard(Envelope):
    """Stands in the admin for the page that it is."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("dashboard")
        verbose_name_plural = _("dashboard")

    def __str__(self) -> str:
        return str(_("dashboard"))
