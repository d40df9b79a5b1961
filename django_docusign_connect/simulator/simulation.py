"""A whole run: which stories are told, in which formats, with which faults."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from http import HTTPStatus
from urllib.parse import urlsplit

from .scenarios import SCENARIOS, tell
from .sender import Delivery, Outcome, Sender
from .wire import FORMATS, Message, write_messages

#: Seconds between the pieces of a slow body.
PAUSE = 0.05

#: Over how long the stories of a run spread.
SPREAD = timedelta(days=20)
EARLIEST = datetime(2000, 1, 1, tzinfo=timezone.utc)

FAULTS = {
    "duplicates": "every message is sent twice, byte for byte",
    "shuffled": "the messages of an envelope come in any order",
    "retried": "the first answer is thrown away, so each message is sent again",
    "wrong-signature": "forged copies come too, which must be answered with 401",
    "slow": "bodies trickle in",
}


#: Messages in a row that come to nothing in the same way, after which to stop.
HOPELESS = 5

#: What such messages had in common, and what to do: by the status of the answer.
ADVICE: dict[int | None, str] = {
    None: "had no answer. Start the server, or check --url.",
    HTTPStatus.UNAUTHORIZED: (
        "were refused with 401. Check that --key is one of the listener's HMAC_KEYS."
    ),
}


class UnusableOption(ValueError):
    """An option that no run can have; the message says which, and what to do."""


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """What to send where; raises UnusableOption unless it can be done.

    ``count`` envelopes of each scenario are told in each format. All that happens to
    them does before a moment, ``before``, the last of it shortly before. ``rate`` is
    messages per second, 0 for as fast as answers come. ``waits`` are the seconds
    before further attempts. Names may be written with underscores.
    """

    url: str
    keys: tuple[str, ...] = field(repr=False)
    seed: int
    scenarios: tuple[str, ...] = tuple(SCENARIOS)
    formats: tuple[str, ...] = ("sim",)
    faults: tuple[str, ...] = ()
    count: int = 1
    before: datetime = field(default_factory=lambda: datetime.now(timezone.utc))
    rate: float = 0.0
    waits: tuple[float, ...] = Sender.waits

    def __post_init__(self) -> None:
        _check_url(self.url)
        if not self.keys or not all(self.keys):
            raise UnusableOption(
                "--key: no HMAC key to sign with; give one that the listener accepts,"
                ' or set HMAC_KEYS in the setting "DOCUSIGN_CONNECT".'
            )
        for option in ("scenarios", "formats", "faults"):
            names = tuple(name.replace("_", "-") for name in getattr(self, option))
            _check_names(option, names)
            object.__setattr__(self, option, names)
        if self.count < 1:
            raise UnusableOption(f"--count: {self.count} is no number from 1 upwards.")
        if not EARLIEST <= self.before <= datetime.now(timezone.utc):
            raise UnusableOption(
                f"--before: {self.before:%Y-%m-%d %H:%M %Z} is not from 2000 until now."
            )
        if not 0 <= self.rate < float("inf"):
            raise UnusableOption(f"--rate: {self.rate} is no number from 0 upwards.")

    def play(self) -> Iterator[Delivery]:
        """Send everything, in turn, and give each post as it is done."""
        sender = Sender(
            url=self.url,
            keys=self.keys,
            waits=self.waits,
            pause=PAUSE if "slow" in self.faults else 0.0,
        )
        for message in self._paced():
            if "wrong-signature" in self.faults:
                yield sender.forge(message)
            yield from sender.deliver(message, loses_answer="retried" in self.faults)

    def _paced(self) -> Iterator[Message]:
        """Give the messages no faster than the rate allows."""
        due_at = time.monotonic()
        for message in self._messages():
            if self.rate:
                time.sleep(max(0.0, due_at - time.monotonic()))
                due_at = time.monotonic() + 1 / self.rate
            yield message

    def _messages(self) -> Iterator[Message]:
        chance = random.Random(self.seed)  # noqa: S311 - no secret
        for index, (scenario, format_name) in enumerate(self._envelopes()):
            moments = tell(
                scenario, seed=self.seed, index=index, before=self._end(index)
            )
            messages = list(write_messages(moments, format_name))
            if "duplicates" in self.faults:
                messages = [copy for message in messages for copy in (message,) * 2]
            if "shuffled" in self.faults:
                chance.shuffle(messages)
            yield from messages

    def _end(self, index: int) -> datetime:
        """Return when a story ends: the last one at the end, and most of them late."""
        total = self.count * len(self.scenarios) * len(self.formats)
        return self.before - SPREAD * ((total - 1 - index) / total) ** 3

    def _envelopes(self) -> Iterator[tuple[str, str]]:
        for _ in range(self.count):
            for scenario in self.scenarios:
                for format_name in self.formats:
                    yield scenario, format_name


class Tally:
    """Counts posts by what became of them."""

    def __init__(self) -> None:
        self.counts: Counter[Outcome] = Counter()
        self.status: int | None = None
        self.in_a_row = 0

    def add(self, delivery: Delivery) -> None:
        self.counts[delivery.outcome] += 1
        if delivery.is_forged:
            return
        if delivery.outcome is Outcome.FAILED:
            is_same = delivery.status == self.status
            self.in_a_row = self.in_a_row + 1 if is_same else 1
            self.status = delivery.status
        elif delivery.outcome in (Outcome.ACKNOWLEDGED, Outcome.LOST):
            self.in_a_row = 0

    @property
    def advice(self) -> str:
        """What to do before any more is sent; empty if it may yet do some good."""
        advice = ADVICE.get(self.status) if self.in_a_row >= HOPELESS else None
        return f"{self.in_a_row} messages in a row {advice}" if advice else ""

    @property
    def failed(self) -> int:
        return self.counts[Outcome.FAILED]

    def __str__(self) -> str:
        return (
            f"{self.counts.total()} sent, "
            f"{self.counts[Outcome.ACKNOWLEDGED]} acknowledged, "
            f"{self.counts[Outcome.REFUSED]} refused, {self.failed} failed"
        )


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in ("http", "https") and bool(parts.hostname)
        is_usable = is_usable and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        is_usable = False
    if not is_usable or not url.isascii() or any(c.isspace() for c in url):
        raise UnusableOption(
            "--url: give a URL such as http://127.0.0.1:8000/docusign/connect/, with"
            " http or https, without user name, password or blanks."
        )


def _check_names(option: str, names: Collection[str]) -> None:
    known = {"scenarios": SCENARIOS, "formats": FORMATS, "faults": FAULTS}[option]
    for name in names:
        if name not in known:
            raise UnusableOption(
                f"--{option[:-1]}: there is no {name!r}; use {', '.join(known)}."
            )
    if not names and option != "faults":
        raise UnusableOption(f"--{option[:-1]}: name at least one.")
