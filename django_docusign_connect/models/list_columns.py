"""The columns that people want to see in the admin's lists."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import models
from django.utils.translation import gettext_lazy as _

from django_docusign_connect.conf import user_model


class ListColumnsQuerySet(models.QuerySet["ListColumns"]):
    def of(self, user_pk: int | str, name: str) -> list[str]:
        """Return the columns that somebody chose for a list; none if nobody did."""
        rows = self.filter(user_id=user_pk, name=name)
        chosen = rows.values_list("columns", flat=True).first()
        return [str(column) for column in chosen or ()]

    def keep(self, user_pk: int | str, name: str, columns: Sequence[str]) -> None:
        """Keep what somebody chose for a list; if that is nothing, forget it."""
        if columns:
            values = {"columns": list(columns)}
            self.update_or_create(user_id=user_pk, name=name, defaults=values)
        else:
            self.filter(user_id=user_pk, name=name).delete()


class ListColumns(models.Model):
    """The columns that one member of staff chose for one list.

    A column that there is no more is no error: the list leaves it out.
    """

    user = models.ForeignKey(
        user_model(),
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        verbose_name=_("user"),
    )
    name = models.CharField(_("list"), max_length=100)
    columns = models.JSONField(_("columns"), default=list)

    objects = ListColumnsQuerySet.as_manager()

    class Meta:
        verbose_name = _("columns of a list")
        verbose_name_plural = _("columns of lists")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"], name="docusign_columns_of_list"
            )
        ]

    def __str__(self) -> str:
        return self.name
