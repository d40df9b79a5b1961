"""Plays DocuSign: posts stories at full speed, until all is acknowledged."""

from __future__ import annotations

import hashlib
import queue
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django_docusign_connect.simulator import (
    SCENARIOS,
    Message,
    Moment,
    Outcome,
    Sender,
    tell,
    write_messages,
)

POSTERS = 6
#: Envelopes whose messages are under way at once.
ENVELOPES_AT_ONCE = 5
FORMATS = ("sim", "sim", "sim", "sim", "aggregate", "xml", "soap")
SHUFFLED_SHARE = 0.3
REPEATED_SHARE = 0.1
#: Seconds before each further attempt: enough of them for any outage of a run.
WAITS = (0.1, 0.2, *[0.3] * 150)
FINE = {200, 503, None}


@dataclass
class Told:
    """A message of a run: what was posted of it, and whether that was answered 200.

    ``story`` is all that happens to its envelope, told or not.
    """

    message: Message
    story: Sequence[Moment]
    is_repeated: bool = False
    digests: set[str] = field(default_factory=set)
    is_acknowledged: bool = False


def stories(seed: int) -> Iterator[Told]:
    """Tell envelope after envelope without end; several go on at once."""
    chance = random.Random(seed)
    under_way: list[list[Told]] = []
    index = 0
    while True:
        while len(under_way) < ENVELOPES_AT_ONCE:
            under_way.append(_story(chance, seed=seed, index=index))
            index += 1
        story = chance.choice(under_way)
        yield story.pop(0)
        under_way = [story for story in under_way if story]


def _story(chance: random.Random, *, seed: int, index: int) -> list[Told]:
    scenario = chance.choice(sorted(SCENARIOS))
    moments = tell(scenario, seed=seed, index=index)
    messages = list(write_messages(moments, chance.choice(FORMATS)))
    if chance.random() < SHUFFLED_SHARE:
        chance.shuffle(messages)
    return [
        Told(message, moments, chance.random() < REPEATED_SHARE) for message in messages
    ]


class Load:
    """Posts the stories of a seed, up to so many messages, from several threads."""

    def __init__(self, url: str, key: str, *, seed: int, count: int) -> None:
        self.told: list[Told] = []
        self.answers: Counter[int | None] = Counter()
        self._sender = Sender(url=url, keys=(key,), waits=WAITS, timeout=15)
        self._waiting: queue.Queue[Told] = queue.Queue()
        for told, _ in zip(stories(seed), range(count), strict=False):
            self._waiting.put(told)
        self._threads = [
            threading.Thread(target=self._post, daemon=True) for _ in range(POSTERS)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def finish(self, *, seconds: float) -> None:
        """Wait until all is acknowledged; after so many seconds give up."""
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    @property
    def odd_answers(self) -> dict[int | None, int]:
        """What was answered but 200 and 503, and how often."""
        return {code: n for code, n in self.answers.items() if code not in FINE}

    def _post(self) -> None:
        while True:
            try:
                told = self._waiting.get_nowait()
            except queue.Empty:
                return
            self.told.append(told)
            self._deliver(told)

    def _deliver(self, told: Told) -> None:
        deliveries = self._sender.deliver(told.message, loses_answer=told.is_repeated)
        # Before the post: what a server keeps and does not answer is known, too.
        told.digests.add(_digest(told.message, 0))
        for delivery in deliveries:
            self.answers[delivery.status] += 1
            told.digests.add(_digest(told.message, delivery.attempt))
            if delivery.outcome in (Outcome.ACKNOWLEDGED, Outcome.LOST):
                told.is_acknowledged = True


def _digest(message: Message, retry_count: int) -> str:
    body = message.body(retry_count=retry_count)
    return hashlib.sha256(body).hexdigest()
