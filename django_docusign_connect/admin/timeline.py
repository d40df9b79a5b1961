"""The story of an envelope: what happened, in words, and the messages behind it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils.safestring import SafeString

from django_docusign_connect.admin.badges import TONES, badge
from django_docusign_connect.announcements import has_receivers
from django_docusign_connect.live.words import event_words
from django_docusign_connect.messages.events import STATUSES
from django_docusign_connect.models import Envelope, EnvelopeEvent, ReceiverRun

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

#: How many events a page shows; links lead to the others.
EVENTS = 100
#: How many runs a page shows in all; the pages of the messages have the others.
RUNS = 500
MOST_PAGES = 1000
PARAMETER = "timeline"
AUTHENTICATION_FAILED = "recipient-authenticationfailed"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One event, in words, with what ran for it, the last first."""

    event: EnvelopeEvent
    reason: str
    runs: Sequence[tuple[ReceiverRun, SafeString | str]]

    @property
    def words(self) -> StrOrPromise:
        return event_words(self.event)

    @property
    def tone(self) -> str:
        """Return what colours its dot; the words say it, too."""
        if self.event.name == AUTHENTICATION_FAILED:
            return "bad"
        return TONES.get(STATUSES.get(self.event.name, ""), "quiet")

    @property
    def previous(self) -> SafeString | str:
        return badge(self.event.previous_status)

    @property
    def has_receivers(self) -> bool:
        """Whether its signals can be sent again, and to somebody."""
        return has_receivers(self.event)

    @property
    def failures(self) -> int:
        return sum(run.status == ReceiverRun.Status.FAILED for run, _ in self.runs)


@dataclass(frozen=True, kw_only=True)
class Story:
    """A page of the timeline; those of an envelope are numbered from the last."""

    entries: Sequence[Entry]
    number: int
    has_earlier: bool
    has_more_runs: bool

    @property
    def earlier(self) -> str:
        """Return the query of the page before this one; empty if this is the first."""
        return f"?{PARAMETER}={self.number + 1}" if self.has_earlier else ""

    @property
    def later(self) -> str:
        return f"?{PARAMETER}={self.number - 1}" if self.number > 1 else ""


def tell_story(request: HttpRequest, envelope: Envelope, *, with_runs: bool) -> Story:
    """Return a page of what happened, in order; the last page if none is asked for."""
    number = _number(request.GET.get(PARAMETER, ""))
    start = EVENTS * (number - 1)
    found = envelope.events.latest_first()[start : start + EVENTS + 1]
    events = list(found)[::-1]
    has_earlier = len(events) > EVENTS
    shown = events[has_earlier:]
    runs = list(ReceiverRun.objects.behind(shown)[: RUNS + 1]) if with_runs else []
    behind: dict[int | None, list[ReceiverRun]] = defaultdict(list)
    for run in runs[:RUNS]:
        behind[run.event_id].append(run)
    return Story(
        entries=[_entry(event, envelope, behind[event.pk]) for event in shown],
        number=number,
        has_earlier=has_earlier,
        has_more_runs=len(runs) > RUNS,
    )


def _entry(
    event: EnvelopeEvent, envelope: Envelope, runs: Sequence[ReceiverRun]
) -> Entry:
    return Entry(
        event=event,
        reason=_reason(event, envelope),
        runs=[(run, badge(run.status, run.get_status_display())) for run in runs],
    )


def _reason(event: EnvelopeEvent, envelope: Envelope) -> str:
    """Return why it happened, as the one who did it wrote."""
    if event.name == "envelope-voided":
        return envelope.voided_reason
    if event.recipient is None:
        return ""
    return {
        "recipient-declined": event.recipient.declined_reason,
        "recipient-autoresponded": event.recipient.auto_responded_reason,
    }.get(event.name, "")


def _number(text: str) -> int:
    is_number = text.isascii() and text.isdecimal() and len(text) < 10
    return min(max(int(text), 1), MOST_PAGES) if is_number else 1
