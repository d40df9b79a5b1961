"""How many messages came on each day, and what became of them.

A day that is over is counted once, by who looks. After that, only what was not done
with can change by itself, and that is little: it is read as it is each time. A day is
counted anew if more or less of it is undone than was, or if some of it is replayed.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Case, Count, Q, Sum, Value, When
from django.db.models.functions import Coalesce, Left

from django_docusign_connect.models.counted_day import CountedDay, MessageTally
from django_docusign_connect.models.days import Day
from django_docusign_connect.models.message import ConnectMessage
from django_docusign_connect.models.message_queue import ConnectMessageQuerySet
from django_docusign_connect.models.requeue import UNDONE

#: How many undone messages are read; of more, a day's are those that were counted.
MOST_UNDONE = 1000
ERROR_LENGTH = 200
SHOWN = ("status", "received_at", "event", "format", "listener", "envelope_id")


@dataclass(kw_only=True)
class MessageCounts:
    """The numbers of messages of some days in a row, of each status.

    ``chosen`` are a listener or an account that the messages are of; empty: any.
    """

    days: Sequence[Day]
    chosen: Mapping[str, str]
    #: What is not done with, some of it if there is much; its errors are cut.
    undone: list[ConnectMessage] = field(default_factory=list)
    is_cut: bool = False
    #: How many days are yet to be counted, or to be counted anew.
    left: int = 0
    _counts: dict[Day, Counter[str]] = field(default_factory=dict)

    def __getitem__(self, day: Day) -> Counter[str]:
        """Return how many messages of a day have which status."""
        return self._counts.get(day, Counter())

    @property
    def total(self) -> Counter[str]:
        return sum(self._counts.values(), Counter())

    def read(self, *, seconds: float) -> None:
        """Read the numbers; days are counted for no longer than so many seconds."""
        deadline = time.monotonic() + seconds
        rows = undone_of(self.chosen).order_by()
        cut_errors = rows.only(*SHOWN).annotate(short_error=Left("error", ERROR_LENGTH))
        found = list(cut_errors[: MOST_UNDONE + 1])
        self.undone, self.is_cut = found[:MOST_UNDONE], len(found) > MOST_UNDONE
        over = [day for day in self.days if day.is_over]
        if over:
            self._read_counted(over)
            self._count(self._to_count(over), deadline)
        self._read_live([day for day in self.days if not day.is_over])

    def backlog(self) -> Counter[str]:
        """Return how much is not done with, of whatever day, by status."""
        if not self.is_cut:
            return Counter(message.status for message in self.undone)
        rows = undone_of(self.chosen).order_by()
        return Counter(dict(rows.values_list("status").annotate(Count("status"))))

    def _read_counted(self, days: Sequence[Day]) -> None:
        of_chosen = Q(*((f"tallies__{name}", it) for name, it in self.chosen.items()))
        found = (
            CountedDay.objects.filter(
                starts_at__gte=days[0].start, starts_at__lte=days[-1].start
            )
            .order_by()
            .values_list("starts_at", "ends_at", "tallies__status")
            .annotate(number=Sum("tallies__number", filter=of_chosen or None))
        )
        for start, end, status, number in found:
            counts = self._counts.setdefault(Day(start, end), Counter())
            counts[status or ""] += number or 0
        self._counts = {day: self._counts[day] for day in days if day in self._counts}

    def _to_count(self, days: Sequence[Day]) -> list[Day]:
        """Return the days that are not counted, or not any more as they are.

        The undone messages that are told of a day are those that are read.
        """
        undone = self._undone_of(days)
        wrong = []
        for day in days:
            counted = self._counts.get(day)
            then = sum(counted[status] for status in UNDONE) if counted else 0
            is_same = then == 0 if self.is_cut else then == sum(undone[day].values())
            if counted is None or not is_same:
                wrong.append(day)
            elif not self.is_cut:
                _set_undone(counted, undone[day])
        return wrong

    def _undone_of(self, days: Sequence[Day]) -> dict[Day, Counter[str]]:
        found: dict[Day, Counter[str]] = {day: Counter() for day in days}
        for message in self.undone:
            day = Day.that_has(message.received_at)
            if day in found:
                found[day][message.status] += 1
        return found

    def _count(self, days: Sequence[Day], deadline: float) -> None:
        """Count days, the newest first, until a deadline; one at least."""
        counted = count_days(days, deadline=deadline) if days else {}
        for day, tallies in counted.items():
            self._counts[day] = self._chosen_of(tallies)
        self.left = len(days) - len(counted)

    def _chosen_of(self, tallies: Iterable[MessageTally]) -> Counter[str]:
        counts: Counter[str] = Counter()
        for tally in tallies:
            if all(getattr(tally, name) == text for name, text in self.chosen.items()):
                counts[tally.status] += tally.number
        return counts

    def _read_live(self, days: Sequence[Day]) -> None:
        """Count what came on the days that are not over."""
        if not days:
            return
        place = Case(
            *[
                When(received_at__lt=day.end, then=Value(at))
                for at, day in enumerate(days)
            ],
            default=Value(len(days) - 1),
        )
        rows = ConnectMessage.objects.filter(
            received_at__gte=days[0].start, received_at__lt=days[-1].end, **self.chosen
        )
        numbers = rows.order_by().annotate(place=place).values_list("place", "status")
        for at, status, number in numbers.annotate(Count("pk")):
            self._counts.setdefault(days[at], Counter())[status] = number


def undone_of(chosen: Mapping[str, str]) -> ConnectMessageQuerySet:
    """Narrow to what is not done with of a listener or an account.

    There is little, and SQLite would rather look through all of a listener's messages.
    """
    named = {f"chosen_{name}": Coalesce(name, Value("")) for name in chosen}
    wanted = {f"chosen_{name}": text for name, text in chosen.items()}
    return ConnectMessage.objects.undone().alias(**named).filter(**wanted)


def count_days(
    days: Sequence[Day], *, deadline: float
) -> dict[Day, list[MessageTally]]:
    """Count the messages of days that are over until a deadline, and keep the numbers.

    The newest day comes first, and is counted in any case. Who counts the same day at
    the same time finds the same.
    """
    times = ConnectMessage.objects.order_by("received_at")
    oldest = times.values_list("received_at", flat=True).first()
    counted: dict[Day, list[MessageTally]] = {}
    for day in reversed(days):
        is_empty = oldest is None or day.end <= oldest
        counted[day] = [] if is_empty else _tallies(day)
        if time.monotonic() > deadline:
            break
    # Else somebody else keeps them, or the next one who looks will.
    with suppress(IntegrityError, OperationalError):
        _keep(counted)
    return counted


def _tallies(day: Day) -> list[MessageTally]:
    rows = ConnectMessage.objects.filter(
        received_at__gte=day.start, received_at__lt=day.end
    )
    kinds = rows.order_by().values_list("listener", "account_id", "status")
    return [
        MessageTally(
            day_id=day.start,
            listener=listener,
            account_id=account,
            status=status,
            number=number,
        )
        for listener, account, status, number in kinds.annotate(Count("pk"))
    ]


def _keep(counted: Mapping[Day, Iterable[MessageTally]]) -> None:
    """Keep the numbers of days instead of those that are kept of them."""
    days = [CountedDay(starts_at=day.start, ends_at=day.end) for day in counted]
    tallies = [one for found in counted.values() for one in found]
    with transaction.atomic():
        for day in _apart(sorted(counted)):
            CountedDay.objects.within(day.start, day.end).delete()
        CountedDay.objects.bulk_create(days)
        MessageTally.objects.bulk_create(tallies)


def _apart(days: Iterable[Day]) -> list[Day]:
    """Return spans of time without gaps that days in order make up."""
    spans: list[Day] = []
    for day in days:
        if spans and spans[-1].end == day.start:
            spans[-1] = Day(spans[-1].start, day.end)
        else:
            spans.append(day)
    return spans


def _set_undone(counted: Counter[str], undone: Counter[str]) -> None:
    """Let counts tell what is undone as it is now."""
    for status in UNDONE:
        counted[status] = undone[status]
