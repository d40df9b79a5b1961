"""Messages that people have processed again, or give up on."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import connections, models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from django_docusign_connect.models.clock import DatabaseNow
from django_docusign_connect.models.counted_day import CountedDay

Row = TypeVar("Row", bound=models.Model)
Self = TypeVar("Self", bound="RequeueQuerySet[Any]")


class MessageStatus(models.TextChoices):
    PENDING = "pending", _("Pending")
    PROCESSED = "processed", _("Processed")
    FAILED = "failed", _("Failed")
    IGNORED = "ignored", _("Ignored")
    ABANDONED = "abandoned", _("Abandoned")


WAITING = (MessageStatus.PENDING, MessageStatus.FAILED)
UNDONE = (*WAITING, MessageStatus.ABANDONED)
BATCH = 500


class RequeueQuerySet(models.QuerySet[Row]):
    def free(self: Self) -> Self:
        """Narrow to those that no worker holds at this moment."""
        return self.filter(Q(is_claimed=False) | Q(next_attempt_at__lte=DatabaseNow()))

    def requeue(self) -> int:
        """Make the messages due at once, and return how many there are.

        Of those that failed, the receivers that failed will run; of those that were
        done with, the signals are sent again to all, marked as a replay.
        """
        found = list(self.order_by("pk").values_list("pk", "status"))
        undone = [pk for pk, status in found if status in UNDONE]
        done = [pk for pk, status in found if status not in UNDONE]
        every: Any = self.model._default_manager.using(self.db)
        return sum(
            every.filter(pk__in=undone[start : start + BATCH])._requeue_undone()
            + every.filter(pk__in=done[start : start + BATCH])._replay_done()
            for start in range(0, len(found), BATCH)
        )

    def _requeue_undone(self) -> int:
        return self.filter(status__in=UNDONE)._make_due()

    def _replay_done(self) -> int:
        return self.exclude(status__in=UNDONE).replay()

    def replay(self) -> int:
        """Make the messages due, to have their signals sent again to all receivers."""
        # They may come to another end than the one that they were counted with.
        CountedDay.objects.using(self.db).forget(self)
        return self._make_due(replays=F("replays") + 1)

    def _make_due(self, **changes: object) -> int:
        return self._update_in_order(
            status=MessageStatus.PENDING,
            attempts=0,
            next_attempt_at=DatabaseNow(),
            error="",
            traceback="",
            **changes,
        )

    def ignore(self) -> int:
        """Give up on messages that wait or failed, and return how many there were."""
        undone = self.filter(status__in=UNDONE)
        return undone._update_in_order(
            status=MessageStatus.IGNORED, next_attempt_at=None, processed_at=None
        )

    def _update_in_order(self, **changes: object) -> int:
        """Change those that no worker holds, and take from all what they hold of them.

        The rows are locked in the order of their keys, so that two who change the same
        ones do not wait for each other.
        """
        free = self.free()
        with transaction.atomic(using=self.db):
            if connections[self.db].features.has_select_for_update:
                in_order = free._locked(skip=False).order_by("pk")
                free = self.free().filter(
                    pk__in=list(in_order.values_list("pk", flat=True))
                )
            return free.update(is_claimed=False, claims=F("claims") + 1, **changes)

    def _locked(self: Self, *, skip: bool = True) -> Self:
        """Lock the rows, or ``skip`` those that others have; SQLite has locked all."""
        features = connections[self.db].features
        if not features.has_select_for_update:
            return self
        skips = skip and features.has_select_for_update_skip_locked
        return self.select_for_update(skip_locked=skips)
