"""A broker for one run, on the Redis that the environment names."""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from redis import Redis

from tests.chaos.databases import at_port
from tests.chaos.outages import ForgetfulBroker, Outage
from tests.chaos.proxy import Proxy
from tests.chaos.servers import own_server

VARIABLE = "TEST_REDIS_URL"
PORT = 6379


@contextmanager
def run_broker(
    prefix: str, chance: random.Random
) -> Iterator[tuple[str, dict[str, Outage]]]:
    """Give the URL by which the host reaches Redis, and how that can fail.

    The server is the run's own where it is installed. From the one that is named,
    what the run leaves under the prefix is deleted.
    """
    with own_server("redis") as stopped:
        named = urlsplit(os.environ[VARIABLE])
        server = named._replace(netloc=stopped.netloc) if stopped else named
        proxy = Proxy(server.port or PORT)
        wire = server._replace(netloc=at_port(server.netloc, proxy.port)).geturl()
        with Redis.from_url(server.geturl()) as redis:
            broker = ForgetfulBroker(redis, prefix, proxy, chance)
            outages: dict[str, Outage] = {"cut off the broker": broker}
            if stopped:
                outages["stop the broker"] = stopped
            try:
                yield wire, outages
            finally:
                broker.forget()
                proxy.end()


def at_hand(known: Iterable[str]) -> list[str]:
    """Return the processors that a run can have: Celery, if Redis is named."""
    return [name for name in known if name != "celery" or os.environ.get(VARIABLE)]
