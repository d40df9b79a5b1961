"""What the dashboard is narrowed to, and its numbers as links to lists narrowed so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from django_docusign_connect.messages.text import clean
from django_docusign_connect.models.days import Day, last_days

PERIODS = {
    "1": _("Today"),
    "7": _("7 days"),
    "30": _("30 days"),
    "90": _("90 days"),
    "365": _("365 days"),
}
USUAL = "30"
#: No account and no listener has a longer name.
LONGEST = 100


@dataclass(frozen=True, kw_only=True)
class Choice:
    """An account and a listener, empty for all of them, and a period until now."""

    account_id: str
    listener: str
    period: str

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> Choice:
        """Read a query or a form; what it does not say, or cannot mean, is as usual."""
        texts = {
            name: clean(parameters.get(name, "")).strip()[:LONGEST]
            for name in ("account_id", "listener", "period")
        }
        if texts["period"] not in PERIODS:
            texts["period"] = USUAL
        return cls(**texts)

    @cached_property
    def days(self) -> Sequence[Day]:
        return last_days(int(self.period))

    @property
    def period_words(self) -> object:
        return PERIODS[self.period]

    @property
    def lookups(self) -> dict[str, str]:
        """Return what rows of messages, and counts of them, are narrowed by."""
        named = {"account_id": self.account_id, "listener": self.listener}
        return {name: text for name, text in named.items() if text}

    @property
    def query(self) -> str:
        return urlencode({**self.lookups, "period": self.period})


@dataclass(frozen=True, kw_only=True)
class Links:
    """Makes numbers into links to the lists of what is counted.

    ``envelopes`` and ``messages`` are the URLs of the lists.
    """

    choice: Choice
    envelopes: str
    messages: str

    def to_envelopes(self, number: int, **parameters: str) -> SafeString | str:
        """Return a number of envelopes that changed in the period."""
        since = {"changed_at__gte": self.choice.days[0].start.isoformat()}
        return self._link(number, self.envelopes, {**since, **parameters})

    def to_stage(self, number: int, stage: str) -> SafeString | str:
        """Return a number of the envelopes first sent in the period."""
        since = self.choice.days[0].start.isoformat()
        return self.to_envelopes(number, stage=stage, first_sent__gte=since)

    def to_messages(
        self, number: int, *days: Day, **parameters: str
    ) -> SafeString | str:
        """Return a number of messages that came from the first to the last of days."""
        if days:
            start, end = days[0].start.isoformat(), days[-1].end.isoformat()
            parameters |= {"received_at__gte": start, "received_at__lt": end}
        return self._link(number, self.messages, parameters)

    @property
    def to_waiting(self) -> str:
        """Return the URL of all envelopes that wait, those of any time."""
        query = urlencode({**self.choice.lookups, "stage": "waiting"})
        return f"{self.envelopes}?{query}"

    @property
    def to_ended(self) -> str:
        """Return the URL of what was declined or voided in the period."""
        since = self.choice.days[0].start.isoformat()
        wanted = {"status__in": "declined,voided", "changed_at__gte": since}
        return f"{self.envelopes}?{urlencode({**self.choice.lookups, **wanted})}"

    def _link(
        self, number: int, url: str, parameters: Mapping[str, str]
    ) -> SafeString | str:
        text = number_text(number)
        if not number:
            return text
        query = urlencode({**self.choice.lookups, **parameters})
        return format_html('<a href="{}?{}">{}</a>', url, query, text)


def number_text(number: int) -> str:
    """Return a number as the viewer's language writes it."""
    return str(number_format(number, force_grouping=True))


def percent_text(part: int, whole: int) -> str:
    """Return a share in percent; empty of nothing."""
    return f"{number_format(round(100 * part / whole))} %" if whole else ""
