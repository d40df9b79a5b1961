"""Which worker has a message, and until when."""

from __future__ import annotations

import time
from datetime import datetime
from datetime import timezone as dt_timezone
from typing import Any

from django.db import models
from django.db.models import Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from django_docusign_connect.models.clock import DatabaseNow

NEVER = datetime(9999, 1, 1, tzinfo=dt_timezone.utc)


class Claimed(models.Model):
    """A row that one worker at a time may work on.

    Each claim has a number, so that a worker whose claim another one took over can
    tell that its own is not the last.
    """

    attempts = models.PositiveIntegerField(_("attempts"), default=0, db_default=0)
    next_attempt_at = models.DateTimeField(
        _("next attempt at"),
        null=True,
        blank=True,
        help_text=_("While a worker holds the message, the end of its claim."),
    )
    is_claimed = models.BooleanField(
        _("held by a worker"), default=False, db_default=False
    )
    claims = models.PositiveIntegerField(
        _("claims"), default=0, db_default=0, editable=False
    )

    #: When this instance's claim began, by this process's own clock; None: it has none.
    held_since: float | None = None
    #: Whether the attempt that this claim is for has been counted.
    has_started: bool = False

    class Meta:
        abstract = True

    def claim(self, seconds: float, *, starts: bool = False) -> bool:
        """Take the message if it is still due; nobody else gets it for so long.

        ``starts`` counts an attempt at once, for a worker that takes no other with it.
        """
        since = time.monotonic()
        attempts = self.attempts + starts
        taken = {"claims": self.claims + 1, "is_claimed": True, "attempts": attempts}
        if not still_due(self._kept()).update(**taken, **lease(seconds)):
            return False
        self.hold(since, starts=starts)
        return True

    def hold(self, since: float, *, starts: bool) -> None:
        """Count a claim on this instance, which may be yet to be saved."""
        self.claims += 1
        self.is_claimed = True
        self.held_since = since
        self.has_started = starts
        self.attempts += starts

    def start_attempt(self, seconds: float) -> bool:
        """Count an attempt of this worker's; False if another has the message by now.

        Of a batch, another message may be what kills the worker: the first attempt is
        saved with its outcome, and if that never comes, the later ones before it.
        """
        if self.has_started:
            return self.keep_claim(seconds)
        self.has_started = True
        self.attempts += 1
        if self.claims == 1:
            return self.keep_claim(seconds)
        return self._renew_claim(seconds, attempts=self.attempts)

    def keep_claim(self, seconds: float) -> bool:
        """Return whether the message is still this worker's.

        The claim is renewed when a third of its ``seconds`` has passed.
        """
        if self.held_since is None:
            return False
        is_fresh = time.monotonic() - self.held_since < seconds / 3
        return is_fresh or self._renew_claim(seconds)

    def _renew_claim(self, seconds: float, **values: object) -> bool:
        self.held_since = time.monotonic()
        return bool(self._kept().update(**values, **lease(seconds)))

    def release(self) -> None:
        """Give the message back, untouched, for any worker to take."""
        self._kept().update(is_claimed=False, next_attempt_at=DatabaseNow())

    def _kept(self) -> models.QuerySet[Any]:
        """Narrow to this message, unless another worker has taken it over."""
        rows = type(self)._default_manager.filter(pk=self.pk)
        return rows.filter(claims=self.claims)


def still_due(rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """Narrow rows that are named by their keys to those that are due.

    An index on the time must not be what finds them: MariaDB would lock the index
    before the row, a worker that marks the row does so after it, and each would wait
    for the other.
    """
    at = Coalesce("next_attempt_at", Value(NEVER))
    return rows.filter(LessThanOrEqual(at, DatabaseNow()))


def lease(seconds: float) -> dict[str, Combinable]:
    """Return the end of a claim that begins now, by the database's clock."""
    return {"next_attempt_at": DatabaseNow(later=seconds)}
