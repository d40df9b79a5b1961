"""The days whose messages were counted, and how many there were of each kind."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Max, Min
from django.utils.translation import gettext_lazy as _

MICROSECOND = timedelta(microseconds=1)


class CountedDayQuerySet(models.QuerySet["CountedDay"]):
    def forget(self, messages: models.QuerySet[Any]) -> None:
        """Have the days counted anew on which messages came, and those in between."""
        ends = messages.order_by().aggregate(
            first=Min("received_at"), last=Max("received_at")
        )
        if ends["first"] is not None:
            self.within(ends["first"], ends["last"] + MICROSECOND).delete()

    def within(self, start: datetime, end: datetime) -> CountedDayQuerySet:
        """Narrow to the days of which a part is between two moments."""
        return self.filter(ends_at__gt=start, starts_at__lt=end)


class CountedDay(models.Model):
    """A day that was over when its messages were counted."""

    starts_at = models.DateTimeField(_("starts at"), primary_key=True)
    ends_at = models.DateTimeField(_("ends at"))

    objects = CountedDayQuerySet.as_manager()

    class Meta:
        verbose_name = _("counted day")
        verbose_name_plural = _("counted days")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d}"


class MessageTally(models.Model):
    """How many messages of a day have a listener, an account and a status."""

    day = models.ForeignKey(
        CountedDay,
        on_delete=models.CASCADE,
        related_name="tallies",
        db_index=False,
        verbose_name=_("day"),
    )
    listener = models.CharField(_("listener"), max_length=50)
    account_id = models.CharField(_("account ID"), max_length=100, blank=True)
    status = models.CharField(_("status"), max_length=16)
    number = models.PositiveIntegerField(_("number of messages"))

    class Meta:
        verbose_name = _("message tally")
        verbose_name_plural = _("message tallies")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["day", "listener", "account_id", "status"],
                name="docusign_message_tally",
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} ({self.status})"
