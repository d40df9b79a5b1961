"""Something done with many rows of a list, in steps that each end within seconds.

A step takes some batches, each its own transaction, and says how far it came; what the
next one needs to know is in the page, signed. So it works for a million rows, stops
when the page is closed, and holds no more than a batch in memory.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from django.core import signing
from django.core.exceptions import BadRequest
from django.db.models import Q, QuerySet
from django.utils.timezone import now

SALT = "django_docusign_connect.admin.batches"
#: Rows of the first batch, which may take long, and the most of one.
FIRST, MOST = 10, 500


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far something has come with the rows of a list, the newest first.

    ``until`` is when it was asked for: what comes later is not touched. ``at`` and
    ``pk`` are of the last row that was done with. Times are in ISO 8601.
    """

    until: str
    at: str = ""
    pk: int = 0
    done: int = 0
    outcomes: Mapping[str, int] = field(default_factory=dict)
    is_finished: bool = False

    @classmethod
    def begin(cls) -> Progress:
        return cls(until=now().isoformat())

    @classmethod
    def read(cls, text: str) -> Progress:
        """Return what a page says; BadRequest if that is not what was written there."""
        try:
            return cls(**signing.loads(text, salt=SALT))
        except signing.BadSignature as error:
            raise BadRequest("This is no step of this action.") from error

    def __str__(self) -> str:
        return signing.dumps(asdict(self), salt=SALT)

    def left(self, rows: QuerySet[Any], *, by: str) -> QuerySet[Any]:
        """Narrow to what is not done with yet, by a time that rows keep."""
        if not self.at:
            return rows.filter(**{f"{by}__lte": datetime.fromisoformat(self.until)})
        at = datetime.fromisoformat(self.at)
        # The first of these is implied by the rest; it is what an index can use.
        return rows.filter(
            Q(**{f"{by}__lte": at}) & (Q(**{f"{by}__lt": at}) | Q(pk__lt=self.pk))
        )

    def after(
        self, rows: list[tuple[datetime, int]], outcomes: Mapping[str, int]
    ) -> Progress:
        """Return how far it is once a batch is done with."""
        at, pk = rows[-1]
        return replace(
            self,
            at=at.isoformat(),
            pk=pk,
            done=self.done + len(rows),
            outcomes=dict(Counter(self.outcomes) + Counter(outcomes)),
        )


def go_on(
    progress: Progress,
    rows: QuerySet[Any],
    *,
    do: Callable[[Sequence[int]], Mapping[str, int]],
    by: str,
    seconds: float,
) -> Progress:
    """Do something with more rows, for some seconds, and return how far it is then.

    ``do`` gets the keys of a batch, and says how many rows came to which end. The rows
    are in order of the time ``by``, the newest first.
    """
    deadline = time.monotonic() + seconds
    size = FIRST
    while True:
        left = progress.left(rows, by=by)
        batch = list(left.values_list(by, "pk")[:size])
        if batch:
            progress = progress.after(batch, do([pk for _at, pk in batch]))
        if len(batch) < size:
            return replace(progress, is_finished=True)
        if time.monotonic() > deadline:
            return progress
        size = min(2 * size, MOST)
