"""What the dashboard shows of messages: how many a day, what failed, who is silent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.timezone import get_default_timezone, localtime
from django.utils.translation import gettext

from django_docusign_connect.admin.badges import badge
from django_docusign_connect.admin.charts import STEP, stack
from django_docusign_connect.admin.choice import Choice, Links, number_text
from django_docusign_connect.models import ConnectMessage
from django_docusign_connect.models.days import Day
from django_docusign_connect.models.message_counts import MessageCounts
from django_docusign_connect.models.tracing import FAILURES

SHOWN = 5
#: How long the dashboard counts days, before it says that some are left.
SECONDS = 1.0
#: More days than so many are shown in weeks.
MOST_COLUMNS = 92
WEEK = 7
Status = ConnectMessage.Status
#: In the order in which they are put on each other.
OUTCOMES = (
    Status.PROCESSED,
    Status.IGNORED,
    Status.PENDING,
    Status.FAILED,
    Status.ABANDONED,
)


@dataclass(frozen=True, kw_only=True)
class Row:
    """The messages of a day or a week, as a line of the table behind the picture."""

    words: str
    numbers: Sequence[SafeString | str]
    total: SafeString | str


@dataclass(frozen=True, kw_only=True)
class Failing:
    """A message that failed, with a button to process it again."""

    message: ConnectMessage
    url: str
    badge: SafeString | str

    @property
    def event(self) -> str:
        message = self.message
        return message.event or message.get_format_display() or gettext("unreadable")

    @property
    def error(self) -> str:
        error: str = getattr(self.message, "short_error", "")
        return error


def describe(
    choice: Choice, links: Links, *, url_of: Callable[..., str]
) -> dict[str, Any]:
    """Return what the template shows of messages."""
    counts = MessageCounts(days=choice.days, chosen=choice.lookups)
    counts.read(seconds=SECONDS)
    total, today = counts.total, choice.days[-1]
    return {
        "days_left": counts.left,
        "zone": get_default_timezone(),
        "message_total": links.to_messages(total.total(), *choice.days),
        "messages_of_today": links.to_messages(counts[today].total(), today),
        "outcomes": [
            (
                status.label,
                status.value,
                links.to_messages(total[status], *choice.days, status=status),
            )
            for status in OUTCOMES
        ],
        **_attention(counts, links, url_of=url_of),
        **_picture(counts, links),
    }


def _attention(
    counts: MessageCounts, links: Links, *, url_of: Callable[..., str]
) -> dict[str, Any]:
    """Return what waits and what failed, of whatever day."""
    backlog = counts.backlog()
    failures = sum(backlog[status] for status in FAILURES)
    failing = [one for one in counts.undone if one.status in FAILURES]
    failing.sort(key=lambda one: (one.received_at, one.pk), reverse=True)
    return {
        "backlog": [
            (
                status.label,
                status.value,
                links.to_messages(backlog[status], status=status),
            )
            for status in reversed(OUTCOMES[2:])
        ],
        "oldest_waiting_at": _oldest(counts),
        "failures": failures,
        "failures_figure": links.to_messages(failures, failures="yes"),
        "failing": [
            Failing(
                message=one,
                url=url_of(ConnectMessage, "change", one.pk),
                badge=badge(one.status, one.get_status_display()),
            )
            for one in failing[:SHOWN]
        ],
    }


def _picture(counts: MessageCounts, links: Links) -> dict[str, Any]:
    """Return the columns of the picture, and the table behind it."""
    spans = _spans(counts.days)
    numbers = [sum((counts[day] for day in span), Counter()) for span in spans]
    highest = max((one.total() for one in numbers), default=0)
    columns, rows = [], []
    for place, (span, found) in enumerate(zip(spans, numbers, strict=True)):
        words = _words(span)
        shown = {str(status): found[status] for status in OUTCOMES}
        told = f"{words}: {_tell(found)}"
        columns.append(stack(shown, place=place, highest=highest or 1, words=told))
        rows.append(
            Row(
                words=words,
                numbers=[
                    links.to_messages(found[status], *span, status=status)
                    for status in OUTCOMES
                ],
                total=links.to_messages(found.total(), *span),
            )
        )
    return {
        "columns": columns,
        "picture_width": str(STEP * len(columns)),
        "highest": number_text(highest),
        "day_rows": rows[::-1],
        "first_day": rows[0].words,
        "last_day": rows[-1].words,
        "is_weekly": len(spans) < len(counts.days),
    }


def _spans(days: Sequence[Day]) -> list[Sequence[Day]]:
    """Return days one by one, or in weeks that end today."""
    size = 1 if len(days) <= MOST_COLUMNS else WEEK
    first = len(days) % size
    starts = range(first, len(days), size)
    rest = [days[:first]] if first else []
    return [*rest, *(days[start : start + size] for start in starts)]


def _words(span: Sequence[Day]) -> str:
    names = [_day_words(day) for day in (span[0], span[-1])]
    return names[0] if len(span) == 1 else " \N{EN DASH} ".join(names)


def _day_words(day: Day) -> str:
    return date_format(localtime(day.start, get_default_timezone()), "MONTH_DAY_FORMAT")


def _tell(numbers: Counter[str]) -> str:
    """Return the outcomes in words, those that there are."""
    told = [
        f"{number_text(numbers[status])} {status.label}"
        for status in OUTCOMES
        if numbers[status]
    ]
    return ", ".join(told) or number_text(0)


def _oldest(counts: MessageCounts) -> datetime | None:
    waiting = [one.received_at for one in counts.undone if one.status not in FAILURES]
    return min(waiting, default=None)
