"""What the dashboard shows of envelopes: how many, how far, and who keeps them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from django_docusign_connect.admin.badges import LABELS, TONES, badge
from django_docusign_connect.admin.charts import bar
from django_docusign_connect.admin.choice import Choice, Links, percent_text
from django_docusign_connect.admin.times import ago
from django_docusign_connect.models import Envelope, EnvelopeTally, Recipient
from django_docusign_connect.models.envelope_figures import EnvelopeFigures

SHOWN = 10
#: How long the dashboard takes in what has changed, before it says that more has.
SECONDS = 1.0
NAMED = 3
STAGES = {
    "sent": _("Sent"),
    "opened": _("Opened by all"),
    "completed": _("Completed"),
}
ORDER = ("completed", "delivered", "sent", "declined", "voided", "created")


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A line of a table: a number, what it is of, and how long its bar is."""

    label: object
    tone: str
    number: SafeString | str
    share: str
    length: str


@dataclass(frozen=True, kw_only=True)
class Listed:
    """An envelope that keeps somebody waiting, or that came to no good end."""

    envelope: Envelope
    url: str
    at: datetime
    recipients: Sequence[Recipient]
    more: int = 0
    badge: SafeString | str = ""
    reason: str = ""

    @property
    def following(self) -> list[tuple[Recipient, str]]:
        """Return who is to act next, and since when they have been asked."""
        return [
            (one, ago(one.sent_at) if one.sent_at else "") for one in self.recipients
        ]

    @property
    def ago(self) -> str:
        return ago(self.at)


def describe(
    choice: Choice, links: Links, *, url_of: Callable[..., str]
) -> dict[str, Any]:
    """Return what the template shows of envelopes."""
    is_whole = EnvelopeTally.objects.catch_up(seconds=SECONDS)
    tallies = EnvelopeTally.objects.of(**choice.lookups)
    start = choice.days[0].start
    figures = tallies.figures(start)
    waiting = list(tallies.longest_waiting()[: SHOWN + 1])
    ended = list(tallies.ended_unsigned(start)[: SHOWN + 1])
    shown = [tally.envelope for tally in (*waiting[:SHOWN], *ended[:SHOWN])]
    recipients = defaultdict(list)
    for one in Recipient.objects.unfinished(shown):
        recipients[one.envelope_id].append(one)
    total = figures.by_status.total()
    return {
        "envelopes_are_counted": is_whole,
        "envelope_total": links.to_envelopes(total),
        "status_bars": _status_bars(figures, links),
        "stage_bars": _stage_bars(figures, links),
        "half_signed_within": _duration(figures.seconds_to_sign(0.5)),
        "most_signed_within": _duration(figures.seconds_to_sign(0.9)),
        "waiting": [
            _waiting(tally, recipients[tally.pk], url_of) for tally in waiting[:SHOWN]
        ],
        "has_more_waiting": len(waiting) > SHOWN,
        "ended": [
            _ended(tally, recipients[tally.pk], url_of) for tally in ended[:SHOWN]
        ],
        "has_more_ended": len(ended) > SHOWN,
        "waiting_url": links.to_waiting,
        "ended_url": links.to_ended,
        "seen_accounts": {one.account_id for one in shown if one.account_id},
    }


def _status_bars(figures: EnvelopeFigures, links: Links) -> list[Bar]:
    total = figures.by_status.total()
    known = [status for status in ORDER if status in figures.by_status]
    others = sorted(set(figures.by_status) - set(ORDER))
    return [
        _bar(
            LABELS.get(status, status) or gettext("Nothing heard yet"),
            TONES.get(status, "quiet"),
            numbers=(figures.by_status[status], total),
            figure=links.to_envelopes(
                figures.by_status[status],
                **{"status" if status else "status__exact": status},
            ),
        )
        for status in (*known, *others)
    ]


def _stage_bars(figures: EnvelopeFigures, links: Links) -> list[Bar]:
    return [
        _bar(
            label,
            "good" if stage == "completed" else "waiting",
            numbers=(figures.stages[stage], figures.stages["sent"]),
            figure=links.to_stage(figures.stages[stage], stage),
        )
        for stage, label in STAGES.items()
        if figures.stages["sent"]
    ]


def _bar(
    label: object, tone: str, *, numbers: tuple[int, int], figure: SafeString | str
) -> Bar:
    return Bar(
        label=label,
        tone=tone,
        number=figure,
        share=percent_text(*numbers),
        length=bar(*numbers),
    )


def _waiting(
    tally: EnvelopeTally, unfinished: Sequence[Recipient], url_of: Callable[..., str]
) -> Listed:
    """Return who is to act next: those asked; else those whose turn would come."""
    able = [
        one for one in unfinished if one.status not in ("declined", "autoresponded")
    ]
    asked = [one for one in able if one.status in ("sent", "delivered")]
    turn = min((one.routing_order or 0 for one in able), default=0)
    following = asked or [one for one in able if (one.routing_order or 0) == turn]
    return Listed(
        envelope=tally.envelope,
        url=url_of(Envelope, "change", tally.pk),
        at=tally.waiting_since or tally.changed_at,
        recipients=following[:NAMED],
        more=len(following[NAMED:]),
    )


def _ended(
    tally: EnvelopeTally, unfinished: Sequence[Recipient], url_of: Callable[..., str]
) -> Listed:
    envelope = tally.envelope
    declined = [one for one in unfinished if one.status == "declined"]
    reasons = (one.declined_reason for one in declined if one.declined_reason)
    is_voided = tally.status == "voided"
    return Listed(
        envelope=envelope,
        url=url_of(Envelope, "change", tally.pk),
        at=tally.ended_at or tally.changed_at,
        recipients=[] if is_voided else declined[:NAMED],
        badge=badge(tally.status),
        reason=envelope.voided_reason if is_voided else next(reasons, ""),
    )


def _duration(seconds: float | None) -> str:
    """Return a time in words, its two largest units; empty if there is none."""
    if seconds is None:
        return ""
    if seconds < 60:
        return gettext("less than a minute")
    now = timezone.now()
    return timesince(now - timedelta(seconds=seconds), now)
