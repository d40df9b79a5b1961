"""Receivers that write when a call begins and how it ends, into a file for all."""

from __future__ import annotations

import functools
import os
import random
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django_docusign_connect.models import EnvelopeEvent

#: How long the slow one takes, and how often it takes so long. Even the longest call
#: and an outage after it end before the claim does.
SLOW_SECONDS = {0.01: 9, 0.3: 1}
#: How many of its calls the flaky one fails.
FLAKY_SHARE = float(os.environ.get("CHAOS_FLAKY_SHARE", "0.1"))


class NotToday(Exception):
    """What a receiver raises that is to be tried again."""


def traced(work: Callable[[], None]) -> Callable[..., None]:
    """Make a receiver of some work; each call leaves two lines, unless it is killed."""

    @functools.wraps(work)
    def receiver(event: EnvelopeEvent, **kwargs: Any) -> None:
        write("begin", work.__name__, event)
        try:
            work()
        except NotToday:
            write("failed", work.__name__, event)
            raise
        write("end", work.__name__, event)

    return receiver


@traced
def quick() -> None:
    """Do nothing."""


@traced
def slow() -> None:
    (seconds,) = random.choices(list(SLOW_SECONDS), list(SLOW_SECONDS.values()))
    time.sleep(seconds)


@traced
def flaky() -> None:
    if random.random() < FLAKY_SHARE:
        raise NotToday


def write(verb: str, receiver: str, event: EnvelopeEvent) -> None:
    """Append a line in one piece, whoever else writes at the moment."""
    words = (
        f"{time.time():.6f}",
        os.getpgrp(),
        os.getpid(),
        threading.get_native_id(),
        verb,
        receiver,
        event.pk,
    )
    file = os.open(os.environ["CHAOS_TRACE"], os.O_APPEND | os.O_CREAT | os.O_WRONLY)
    try:
        os.write(file, (" ".join(map(str, words)) + "\n").encode())
    finally:
        os.close(file)
