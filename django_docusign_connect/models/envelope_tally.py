"""What the dashboard counts of envelopes: a narrow table with indexes of its own.

It is brought up to date by who looks, in steps, from the envelopes that have changed.
To receive and to process a message costs nothing more.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import OperationalError, connections, models
from django.db.models import Case, Count, F, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from django_docusign_connect.models.envelope import Envelope
from django_docusign_connect.models.envelope_figures import (
    EnvelopeFigures,
    Kind,
    signing_class,
)
from django_docusign_connect.models.message import ConnectMessage

#: How many envelopes are taken in at a time.
STEP = 1000
#: What has changed is looked for again for so long: a transaction may end late.
MARGIN = timedelta(minutes=10)
#: Statuses of envelopes that wait for nobody.
AT_REST = ("", "created", "completed", "declined", "voided", "deleted")
#: How far an envelope has come, by what its tally says of it then.
STAGES: dict[str, dict[str, object]] = {
    "sent": {"sent_at__isnull": False},
    "opened": {"is_opened": True},
    "completed": {"status": "completed"},
    "waiting": {"waiting_since__isnull": False},
}
UPDATED = (
    "changed_at",
    "account_id",
    "listeners",
    "status",
    "sent_at",
    "is_opened",
    "signing_class",
    "waiting_since",
    "ended_at",
)
#: What is read of an envelope for it.
READ = (
    "envelope_id",
    "account_id",
    "status",
    "initial_sent_at",
    "sent_at",
    "delivered_at",
    "completed_at",
    "declined_at",
    "voided_at",
    "changed_at",
    "tally__listeners",
)
#: What the dashboard does not show of the envelopes that it lists.
UNSHOWN = ("envelope__stamps", "envelope__custom_fields")
SLUGS_LENGTH = 1000


class EnvelopeTallyQuerySet(models.QuerySet["EnvelopeTally"]):
    def catch_up(self, *, seconds: float) -> bool:
        """Take in what has changed; return False if time ran out before all was.

        Idempotent, and by any number of callers at once.
        """
        deadline = time.monotonic() + seconds
        newest = self.order_by("-changed_at").values_list("changed_at", flat=True)
        last = newest.first()
        since = last - MARGIN if last else None
        while rows := self._behind(since):
            try:
                self._take_in(rows)
            except OperationalError:
                # Somebody else takes them in, or writes for long.
                return False
            since = rows[-1].changed_at
            if len(rows) < STEP:
                break
            if time.monotonic() > deadline:
                return False
        return True

    def _behind(self, since: datetime | None) -> list[Envelope]:
        """Return envelopes not counted as they are, in the order of their changes."""
        rows = Envelope.objects.using(self.db).order_by("changed_at", "pk")
        if since is not None:
            rows = rows.filter(changed_at__gte=since)
        is_new = Q(tally__isnull=True)
        behind = rows.filter(is_new | ~Q(tally__changed_at=F("changed_at")))
        return list(behind.select_related("tally").only(*READ)[:STEP])

    def _take_in(self, envelopes: Sequence[Envelope]) -> None:
        heard = _listeners(envelopes, using=self.db)
        features = connections[self.db].features
        names_target = features.supports_update_conflicts_with_target
        self.bulk_create(
            [self._tally(one, heard[one.envelope_id]) for one in envelopes],
            update_conflicts=True,
            update_fields=UPDATED,
            unique_fields=["envelope"] if names_target else None,
        )

    def _tally(self, envelope: Envelope, listeners: set[str]) -> EnvelopeTally:
        """Return how an envelope counts; a listener stays when messages do not."""
        known: EnvelopeTally | None = getattr(envelope, "tally", None)
        slugs = {*listeners, *(known.listeners.split() if known else ())}
        sent_at = envelope.initial_sent_at or envelope.sent_at
        is_waiting = envelope.status not in AT_REST
        return EnvelopeTally(
            envelope=envelope,
            changed_at=envelope.changed_at,
            account_id=envelope.account_id,
            listeners=f" {' '.join(sorted(slugs))} "[:SLUGS_LENGTH],
            status=envelope.status,
            sent_at=sent_at,
            is_opened=bool(envelope.delivered_at or envelope.status == "completed"),
            signing_class=_signing_class(sent_at, envelope),
            waiting_since=sent_at if is_waiting else None,
            ended_at=_ended_at(envelope),
        )

    def of(self, *, account_id: str = "", listener: str = "") -> EnvelopeTallyQuerySet:
        """Narrow to an account, and to what a listener told of; empty: any."""
        rows = self.filter(account_id=account_id) if account_id else self
        return rows.filter(listeners__contains=f" {listener} ") if listener else rows

    def figures(self, start: datetime) -> EnvelopeFigures:
        """Count what has changed, and what was first sent, since a moment."""
        is_new = Case(When(sent_at__gte=start, then=Value(1)), default=Value(0))
        rows = self.filter(changed_at__gte=start).order_by().annotate(is_new=is_new)
        kinds = rows.values_list("status", "is_new", "is_opened", "signing_class")
        return EnvelopeFigures([Kind(*found) for found in kinds.annotate(Count("pk"))])

    def longest_waiting(self) -> EnvelopeTallyQuerySet:
        """Narrow to those that wait for somebody, the longest first, with envelopes."""
        waiting = self.filter(waiting_since__isnull=False)
        in_order = waiting.order_by("waiting_since", "pk")
        return in_order.select_related("envelope").defer(*UNSHOWN)

    def ended_unsigned(self, start: datetime) -> EnvelopeTallyQuerySet:
        """Narrow to those declined or voided since a moment, the last first.

        With their envelopes.
        """
        in_order = self.filter(ended_at__gte=start).order_by("-ended_at", "-pk")
        return in_order.select_related("envelope").defer(*UNSHOWN)


class EnvelopeTally(models.Model):
    """How one envelope counts, as it was when it was last taken in."""

    # Without a constraint, for which the envelope's row would be locked while a worker
    # may wait for it.
    envelope = models.OneToOneField(
        Envelope,
        on_delete=models.CASCADE,
        primary_key=True,
        db_constraint=False,
        related_name="tally",
        verbose_name=_("envelope"),
    )
    changed_at = models.DateTimeField(_("changed at"))
    account_id = models.CharField(_("account ID"), max_length=100, blank=True)
    listeners = models.CharField(_("listeners"), max_length=SLUGS_LENGTH, blank=True)
    status = models.CharField(_("status"), max_length=50, blank=True)
    sent_at = models.DateTimeField(_("first sent at"), null=True)
    is_opened = models.BooleanField(_("opened by all"), default=False)
    signing_class = models.PositiveSmallIntegerField(
        _("class of the time to sign"), null=True
    )
    waiting_since = models.DateTimeField(_("waiting since"), null=True)
    ended_at = models.DateTimeField(_("declined or voided at"), null=True)

    objects = EnvelopeTallyQuerySet.as_manager()

    class Meta:
        verbose_name = _("envelope tally")
        verbose_name_plural = _("envelope tallies")
        default_permissions = ()
        indexes = [
            # With all that the figures of a period are made of.
            models.Index(
                fields=[
                    "changed_at",
                    "status",
                    "sent_at",
                    "is_opened",
                    "signing_class",
                ],
                name="docusign_tally_figures",
            ),
            models.Index(fields=["waiting_since"], name="docusign_tally_waiting"),
            models.Index(fields=["ended_at"], name="docusign_tally_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} ({self.status})"


def _signing_class(sent_at: datetime | None, envelope: Envelope) -> int | None:
    done_at = envelope.completed_at
    if envelope.status != "completed" or sent_at is None or done_at is None:
        return None
    return signing_class((done_at - sent_at).total_seconds())


def _ended_at(envelope: Envelope) -> datetime | None:
    """Return when an envelope was declined or voided, if it was."""
    times = {"declined": envelope.declined_at, "voided": envelope.voided_at}
    if envelope.status not in times:
        return None
    return times[envelope.status] or envelope.changed_at


def _listeners(envelopes: Sequence[Envelope], *, using: str) -> dict[UUID, set[str]]:
    """Return the listeners whose messages, those still kept, are about envelopes."""
    ids = [envelope.envelope_id for envelope in envelopes]
    found = ConnectMessage.objects.using(using).filter(envelope_id__in=ids).order_by()
    heard: dict[UUID, set[str]] = defaultdict(set)
    for envelope_id, slug in found.values_list("envelope_id", "listener").distinct():
        if envelope_id:
            heard[envelope_id].add(slug)
    return heard


def at_stage(
    envelopes: QuerySet[Any], stage: str, *, sent_since: datetime | None
) -> QuerySet[Any]:
    """Narrow envelopes to those that came as far as a stage, as they were taken in."""
    lookups = dict(STAGES[stage])
    if sent_since is not None:
        lookups["sent_at__gte"] = sent_since
    return envelopes.filter(**{f"tally__{name}": lookups[name] for name in lookups})
