"""One look per interval at all the envelopes that a process has streams of.

However many streams are open, the database has one query per interval and process (one
for each ``CHUNK`` of envelopes), on one connection, from one thread. What streams read
once something has changed is read by the same thread, one after the other.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from itertools import islice
from typing import TypeVar
from weakref import WeakKeyDictionary

from django.db import Error, connections

from django_docusign_connect.conf import get_settings
from django_docusign_connect.live.shutdown import hearing_of_shutdown
from django_docusign_connect.models import Envelope

logger = logging.getLogger(__name__)
Value = TypeVar("Value")

#: Envelopes that one query asks for; databases limit the parameters of a statement.
CHUNK = 500


class Follower:
    """A stream's place in a watch: what it has told, and whether there is news.

    ``told`` is the version that the client has; ``is_over``, whether nothing follows.
    """

    def __init__(self, told: str) -> None:
        self.told = told
        self.is_over = False
        self._news = asyncio.Event()

    def hear(self, version: str | None) -> None:
        """Take note of the version as it is now; None: the envelope is gone."""
        self.is_over = self.is_over or version is None
        if self.is_over or version != self.told:
            self._news.set()
        else:
            self._news.clear()

    def told_now(self, version: str) -> None:
        """Take note of what the client has been told."""
        self.told = version
        if not self.is_over:
            self._news.clear()

    async def wait(self, seconds: float) -> bool:
        """Wait for news, so long at most, and return whether there is any."""
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._news.wait(), seconds)
        return self._news.is_set() and not self.is_over


class Watch:
    """Looks for news as long as it has followers; there is one for an event loop."""

    def __init__(self) -> None:
        self._followers: dict[int, set[Follower]] = {}
        self._is_over = False
        self._thread = ThreadPoolExecutor(1, "docusign-connect-watch")
        self._ending = ExitStack()

    def start(self) -> None:
        loop = asyncio.get_running_loop()
        looking = loop.create_task(self._look_again_and_again())
        self._ending.callback(self._thread.shutdown, wait=False)
        self._ending.callback(self._thread.submit, connections.close_all)
        self._ending.callback(looking.cancel)
        self._ending.enter_context(
            hearing_of_shutdown(lambda: loop.call_soon_threadsafe(self._end))
        )

    def add(self, key: int, follower: Follower) -> None:
        self._followers.setdefault(key, set()).add(follower)
        if self._is_over:
            follower.hear(None)

    def remove(self, key: int, follower: Follower) -> bool:
        """Remove a follower, and return whether the watch ended with the last one."""
        self._followers[key].remove(follower)
        if not self._followers[key]:
            del self._followers[key]
        if not self._followers:
            self._ending.close()
        return not self._followers

    async def read(self, function: Callable[[], Value]) -> Value:
        """Call what asks the database, in the thread that does so for all streams."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, _reading, function)

    async def _look_again_and_again(self) -> None:
        while True:
            await asyncio.sleep(get_settings().STREAM_INTERVAL)
            keys = list(self._followers)
            try:
                versions = await self.read(lambda: _versions(keys))  # noqa: B023 - awaited
            except Error as error:
                logger.warning("Streams look for news in vain: %s", error)
                continue
            for key in keys:
                for follower in self._followers.get(key, ()):
                    follower.hear(versions.get(key))

    def _end(self) -> None:
        self._is_over = True
        for followers in self._followers.values():
            for follower in followers:
                follower.hear(None)


_watches: WeakKeyDictionary[asyncio.AbstractEventLoop, Watch] = WeakKeyDictionary()


@contextmanager
def following(key: int, *, told: str) -> Iterator[tuple[Watch, Follower]]:
    """Follow an envelope, from the version on that is told already.

    The first follower of an event loop starts its watch, and the last one ends it.
    """
    loop = asyncio.get_running_loop()
    watch = _watches.get(loop)
    if watch is None:
        watch = _watches[loop] = Watch()
        watch.start()
    follower = Follower(told)
    watch.add(key, follower)
    try:
        yield watch, follower
    finally:
        if watch.remove(key, follower):
            del _watches[loop]


def _versions(keys: list[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    left = iter(keys)
    while chunk := list(islice(left, CHUNK)):
        found |= Envelope.objects.filter(pk__in=chunk).versions()
    return found


def _reading(function: Callable[[], Value]) -> Value:
    """Call a function; a connection that it fails on is not used again."""
    try:
        return function()
    except Error:
        connections.close_all()
        raise
