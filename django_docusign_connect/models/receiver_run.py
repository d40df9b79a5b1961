"""Which receiver has heard what, how long it took, and why it failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy as _

from django_docusign_connect.messages.text import clean
from django_docusign_connect.models.event import EnvelopeEvent
from django_docusign_connect.models.message import ConnectMessage
from django_docusign_connect.models.table import table_of

if TYPE_CHECKING:
    from collections.abc import Iterable

ERROR_LENGTH = 200


class ReceiverRunStatus(models.TextChoices):
    SUCCEEDED = "succeeded", _("Succeeded")
    FAILED = "failed", _("Failed")
    GONE = "gone", _("No longer connected")


class ReceiverRunQuerySet(models.QuerySet["ReceiverRun"]):
    def of(self, message: ConnectMessage) -> ReceiverRunQuerySet:
        """Narrow to the runs for a message, in its present round of announcing."""
        return self.filter(message=message, replay=message.replays)

    def latest_first(self) -> ReceiverRunQuerySet:
        """Order by when they were first made, the last first, with their events."""
        return self.select_related("event__recipient").order_by("-pk")

    def behind(self, events: Iterable[EnvelopeEvent]) -> ReceiverRunQuerySet:
        """Narrow to the runs for some events, the last first, with a bit of the error.

        What a receiver raises with may be of any length.
        """
        runs = self.filter(event__in=[event.pk for event in events]).order_by("-pk")
        return runs.defer("error", "traceback").annotate(
            short_error=Left("error", ERROR_LENGTH)
        )

    def mark_gone(self, runs: Iterable[ReceiverRun]) -> int:
        """Record that the receivers of failed runs are not connected any more."""
        failed = self.filter(
            pk__in=[run.pk for run in runs], status=ReceiverRunStatus.FAILED
        )
        return failed.update(status=ReceiverRunStatus.GONE)


class ReceiverRun(models.Model):
    """One receiver's run for one event, or for a message about no envelope."""

    Status = ReceiverRunStatus

    message = models.ForeignKey(
        ConnectMessage,
        on_delete=models.SET_NULL,
        null=True,
        related_name="receiver_runs",
        db_index=False,
        verbose_name=_("message"),
    )
    event = models.ForeignKey(
        EnvelopeEvent,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="receiver_runs",
        verbose_name=_("event"),
    )
    # None is like no other: what is sent again by hand may be so any number of times.
    replay = models.PositiveIntegerField(
        _("replay"),
        default=0,
        null=True,
        blank=True,
        help_text=_(
            "0 when it was announced; then the number of the replay. None: its signal "
            "was sent again by hand."
        ),
    )
    signal = models.CharField(_("signal"), max_length=100)
    receiver = models.CharField(_("receiver"), max_length=255)
    status = models.CharField(_("status"), max_length=16, choices=ReceiverRunStatus)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    duration = models.FloatField(_("duration in seconds"), default=0)
    error = models.TextField(_("error"), blank=True)
    traceback = models.TextField(_("traceback"), blank=True)
    ran_at = models.DateTimeField(_("ran at"), auto_now=True)

    objects = ReceiverRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("receiver run")
        verbose_name_plural = _("receiver runs")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["message", "event", "replay", "signal", "receiver"],
                name="docusign_receiver_run",
            )
        ]

    def __str__(self) -> str:
        return f"{self.receiver} ({self.status})"

    def record(self, *, duration: float, error: str = "", traceback: str = "") -> None:
        """Save one more attempt, which took ``duration`` seconds; no error: success."""
        self.status = self.Status.FAILED if error else self.Status.SUCCEEDED
        self.attempts += 1
        self.duration = duration
        self.error, self.traceback = clean(error), clean(traceback)
        table = table_of(ReceiverRun)
        if self._state.adding:
            table.insert([self])
        else:
            table.update(self, table.new)
