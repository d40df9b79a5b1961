"""A broker for one run, on the Redis that the environment names."""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from redis import Redis

from tests.chaos.outages import ForgetfulBroker
from tests.chaos.proxy import Proxy

VARIABLE = "TEST_REDIS_URL"


@contextmanager
def run_broker(
    prefix: str, chance: random.Random
) -> Iterator[tuple[str, ForgetfulBroker]]:
    """Give the URL by which the host reaches Redis, and how that is taken from it.

    What the run leaves in Redis, under the prefix, is deleted.
    """
    server = urlsplit(os.environ[VARIABLE])
    proxy = Proxy(server.port or 6379)
    wire = server._replace(netloc=f"127.0.0.1:{proxy.port}").geturl()
    with Redis.from_url(server.geturl()) as redis:
        broker = ForgetfulBroker(redis, prefix, proxy, chance)
        try:
            yield wire, broker
        finally:
            broker.forget()
            proxy.end()


def at_hand(known: Iterable[str]) -> list[str]:
    """Return the processors that a run can have: Celery, if Redis is named."""
    return [name for name in known if name != "celery" or os.environ.get(VARIABLE)]
