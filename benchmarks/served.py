"""Requests over HTTP to gunicorn's sync workers: how many a second, and how fast.

So many connections post at once, each request on a connection of its own, for a sync
worker keeps none. CPU time is the workers' and the database's; not that of this client,
which shares the machine with them.
"""

from __future__ import annotations

import http.client
import os
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from benchmarks import floors
from benchmarks.messages import SIGNATURE, Post, mix
from benchmarks.servers import Server, serve
from benchmarks.targets import OURS

CONNECTIONS = (1, 4, 16)
ROUNDS = int(os.environ.get("BENCH_SERVED_ROUNDS", "7"))
MIXES = 2
#: What is measured at four connections: ours, and what it may cost.
LIMITS = {"acknowledge": (1.3, 1.15), "everything": (1.8, 1.4)}


@dataclass
class Load:
    """What was measured of one target at one number of connections."""

    server: Server
    path: str
    cpu: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)

    def post(self, posts: list[Post], connections: int) -> None:
        cpu, begun = self.server.cpu_seconds(), time.monotonic()
        with ThreadPoolExecutor(connections) as pool:
            latencies = list(pool.map(self.post_one, posts))
        self.rates.append(len(posts) / (time.monotonic() - begun))
        self.cpu.append((self.server.cpu_seconds() - cpu) / len(posts))
        self.latencies += latencies

    def post_one(self, post: Post) -> float:
        begun = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-DocuSign-Signature-1": post.headers[SIGNATURE],
        }
        connection.request("POST", self.path, post.body, headers)
        response = connection.getresponse()
        response.read()
        connection.close()
        if response.status != 200:
            raise SystemExit(f"{self.path} answered {response.status}.")
        return time.monotonic() - begun

    @property
    def cpu_us(self) -> float:
        return statistics.median(self.cpu) * 1e6

    def columns(self) -> dict[str, float]:
        percentiles = statistics.quantiles(self.latencies, n=100)
        return {
            "requests/s": statistics.median(self.rates),
            "p50 ms": percentiles[49] * 1e3,
            "p95 ms": percentiles[94] * 1e3,
            "p99 ms": percentiles[98] * 1e3,
            "CPU µs": self.cpu_us,
        }


def measure() -> Iterator[dict[str, Any]]:
    """Yield a row for each target, at each number of connections."""
    floors.create_tables()
    indexes = count(50_000, MIXES)
    with ExitStack() as stack:
        deferred = stack.enter_context(serve("deferred"))
        immediate = stack.enter_context(serve("immediate"))
        for connections in CONNECTIONS:
            loads = {
                "acknowledge": Load(deferred, OURS),
                "floor-1": Load(deferred, "/floor-1/"),
                "everything": Load(immediate, OURS),
                "floor-2": Load(immediate, "/floor-2/"),
            }
            for _ in range(ROUNDS + 1):
                in_turns(list(loads.values()), connections, start=next(indexes))
            yield from rows(loads, connections)


def in_turns(loads: list[Load], connections: int, *, start: int) -> None:
    """Post the same messages to each target, the ones before the others and back."""
    posts = [post for index in range(start, start + MIXES) for post in mix(index)]
    for load in loads if start // MIXES % 2 else reversed(loads):
        load.post(posts, connections)


def rows(loads: dict[str, Load], connections: int) -> Iterator[dict[str, Any]]:
    for name, load in loads.items():
        row = {
            "table": "Over HTTP, gunicorn sync",
            "connections": connections,
            "target": name,
            **load.columns(),
        }
        if name in LIMITS:
            floor = loads["floor-1" if name == "acknowledge" else "floor-2"]
            must, aim = LIMITS[name] if connections == 4 else (None, None)
            row |= {"CPU ratio": load.cpu_us / floor.cpu_us, "must": must, "aim": aim}
        yield row
