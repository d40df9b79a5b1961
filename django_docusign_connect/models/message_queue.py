"""The table of messages as a queue: what is stored, waits, is due, is tried again."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, F, Min, Q
from django.utils import timezone

from django_docusign_connect.conf import ConnectSettings
from django_docusign_connect.messages.events import KNOWN_EVENTS
from django_docusign_connect.messages.text import as_uuid, clean
from django_docusign_connect.models.claim import lease
from django_docusign_connect.models.clock import DatabaseNow, moment_in
from django_docusign_connect.models.counted_day import CountedDay
from django_docusign_connect.models.counting import Counting
from django_docusign_connect.models.envelope import Envelope
from django_docusign_connect.models.health import Health, ListenerHealth
from django_docusign_connect.models.locking import reads_without_lock
from django_docusign_connect.models.lookups import just
from django_docusign_connect.models.requeue import (
    UNDONE,
    WAITING,
    MessageStatus,
    RequeueQuerySet,
)
from django_docusign_connect.models.table import table_of
from django_docusign_connect.models.turns import take_turns

if TYPE_CHECKING:
    from django_docusign_connect.models.message import ConnectMessage


@cache
def kept_once(model: type[ConnectMessage], using: str) -> Counting[ConnectMessage]:
    """Return how a message is kept once in a database."""
    return Counting(
        table_of(model, using),
        unique="identity",
        counter="duplicates",
        copied="last_received_at",
        told=("duplicates", "status", "next_attempt_at"),
    )


class ConnectMessageQuerySet(RequeueQuerySet["ConnectMessage"]):
    def store(
        self,
        message: ConnectMessage,
        body: bytes,
        *,
        inline_bytes: int,
        claim_seconds: float | None = None,
    ) -> tuple[ConnectMessage, bool]:
        """Keep a verified message, or count it on the one that it repeats.

        Returns the message, with the key and state of what is kept, and whether it is
        new. A new one is due, or held by this worker for ``claim_seconds``. A repeat of
        one that failed makes that one due at once. Once this returns, it is committed
        (outside a transaction of the caller's). Idempotent by ``message.identity``.
        """
        if claim_seconds is not None:
            message.hold(time.monotonic(), starts=True)
        due = moment_in(claim_seconds or 0, model=self.model, using=self.db)
        message.next_attempt_at = due  # type: ignore[assignment]  # as SQL until stored
        if len(body) <= inline_bytes:
            message.inline_body = body
            kept_once(self.model, self.db).insert(message)
        else:
            with transaction.atomic(using=self.db):
                message.keep_body_in_file(body)
                kept_once(self.model, self.db).insert(message)
        if message.duplicates == 0:
            return message, True
        message.drop_body()
        message.held_since = None
        if message.status == MessageStatus.FAILED:
            self.filter(pk=message.pk)._try_now()
        return message, False

    def _try_now(self) -> int:
        """Make failed messages due; what asks for it is no attempt of RETRY_DELAYS."""
        failed = self.failed().free().filter(attempts__gt=0)
        return failed.update(next_attempt_at=DatabaseNow(), attempts=F("attempts") - 1)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete the messages, and have the days counted anew on which they came."""
        CountedDay.objects.using(self.db).forget(self)
        return super().delete()

    # As Django's own: not for a manager, nor for a template.
    delete.alters_data = True  # type: ignore[attr-defined]  # of a function
    delete.queryset_only = True  # type: ignore[attr-defined]  # of a function

    def light(self) -> ConnectMessageQuerySet:
        """Leave the bodies in the database until one is asked for."""
        return self.defer("inline_body")

    def with_body(self) -> ConnectMessageQuerySet:
        """Narrow to those whose body is still kept."""
        return self.filter(Q(inline_body__isnull=False) | ~Q(body_file=""))

    def about(self, envelope: Envelope) -> ConnectMessageQuerySet:
        """Narrow to the messages about an envelope, the newest first."""
        about = self.filter(envelope_id=envelope.envelope_id)
        return about.order_by("-received_at", "-pk")

    def applied_to(self, envelope: Envelope) -> ConnectMessageQuerySet:
        """Narrow to the messages about an envelope that a worker has taken up."""
        taken_up = self.filter(envelope_id=envelope.envelope_id, claims__gt=0)
        # Ignored for its account, and not by staff, who may ignore what was applied.
        foreign = Q(status=MessageStatus.IGNORED, processed_at__isnull=False)
        return taken_up.exclude(foreign)

    def received_before(self, message: ConnectMessage) -> ConnectMessageQuerySet:
        """Narrow to what came before a message, the last first."""
        at_once = Q(received_at=message.received_at, pk__lt=message.pk)
        before = self.filter(at_once | Q(received_at__lt=message.received_at))
        return before.order_by("-received_at", "-pk")

    def search(self, text: str) -> ConnectMessageQuerySet:
        """Narrow to those of an envelope's ID, or of the events that a text names.

        A part of a known event's name is enough.
        """
        text = clean(text).strip()
        if envelope_id := as_uuid(text):
            return self.filter(envelope_id=envelope_id)
        part = "-".join(text.lower().split())
        known = [name for name in KNOWN_EVENTS if part in name]
        return self.filter(event__in=[text, *known])

    def waiting(self) -> ConnectMessageQuerySet:
        """Narrow to what is not done with: pending, or failed and to be tried again."""
        return self.filter(status__in=WAITING)

    def undone(self) -> ConnectMessageQuerySet:
        """Narrow to what waits, or was given up on after its last try."""
        return self.filter(status__in=UNDONE)

    def failed(self) -> ConnectMessageQuerySet:
        return self.filter(status=MessageStatus.FAILED)

    def abandoned(self) -> ConnectMessageQuerySet:
        return self.filter(status=MessageStatus.ABANDONED)

    def due(self) -> ConnectMessageQuerySet:
        """Narrow to what a worker may take now, the longest due first.

        That is what waits, and what a worker held that did not come back.
        """
        due = self.filter(next_attempt_at__lte=DatabaseNow())
        return due.order_by("next_attempt_at", "pk")

    def claim_due(self, *, limit: int, seconds: float) -> list[ConnectMessage]:
        """Take up to ``limit`` due messages; no other worker gets them meanwhile."""
        if reads_without_lock(self.db):
            due = take_turns(self.due(), limit=limit)
            return [message for message in due if message.claim(seconds)]
        since = time.monotonic()
        with transaction.atomic(using=self.db):
            due = take_turns(self.due()._locked(), limit=limit)
            taken = self.filter(pk__in=[message.pk for message in due])
            taken.update(claims=F("claims") + 1, is_claimed=True, **lease(seconds))
        for message in due:
            message.hold(since, starts=False)
        return due

    def claim_one(self, pk: int, *, seconds: float) -> ConnectMessage | None:
        """Take one message if it is due; None if it is not, or is no more."""
        message = self.filter(pk=pk).first()
        is_ours = message is not None and message.claim(seconds, starts=True)
        return message if is_ours else None

    def last_received_at(self, field: str, value: str) -> datetime | None:
        """Return when the newest came of the messages with a value in a field."""
        rows = self.filter(just(field, value)).order_by(f"-{field}", "-received_at")
        return rows.values_list("received_at", flat=True).first()

    def chosen(self, choice: Mapping[str, object]) -> Iterator[ConnectMessage]:
        """Yield the messages that some lookups choose, oldest first."""
        keys = self.filter(**choice).order_by("received_at", "pk").values_list("pk")
        for (pk,) in list(keys):
            yield from self.filter(pk=pk)

    def health(self, settings: ConnectSettings) -> Health:
        """Return how the queue and the listeners of the settings are doing."""
        now = timezone.now()
        found = self.undone().order_by().values_list("status")
        # Nothing but what the index on these two fields holds.
        rows = found.annotate(Count("status"), Min("received_at"))
        counts = {status: count for status, count, _ in rows}
        oldest = min((at for status, _, at in rows if status in WAITING), default=None)
        return Health(
            waiting=sum(counts.get(status, 0) for status in WAITING),
            failing=counts.get(MessageStatus.FAILED, 0),
            abandoned=counts.get(MessageStatus.ABANDONED, 0),
            oldest_waiting_at=oldest,
            oldest_waiting_seconds=(now - oldest).total_seconds() if oldest else 0.0,
            backlog_max_age=settings.BACKLOG_MAX_AGE,
            listeners=tuple(
                ListenerHealth.told(
                    slug,
                    last_message_at=self.last_received_at("listener", slug),
                    silence_after=own.SILENCE_AFTER,
                )
                for slug, own in settings.listeners().items()
            ),
        )
