"""CPU time of a worker for one message, and how much faster several workers are.

Each round, the messages of ten envelopes wait, in turns: one of each envelope, then
the next of each. What ours is compared with is a plain loop over a table of the
floor's, one message a transaction.
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import time
from collections.abc import Iterator
from itertools import chain, zip_longest
from multiprocessing.synchronize import Barrier
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, connections

from benchmarks import floor_queue, floors
from benchmarks.client import environ
from benchmarks.messages import Post, lifecycles
from benchmarks.rounds import ROUNDS, compared, cpu_of, in_turns
from benchmarks.targets import OURS, listen, ours, processor
from django_docusign_connect.models import ConnectMessage
from django_docusign_connect.processors.worker import Worker
from django_docusign_connect.signals import connect_event

RACES = int(os.environ.get("BENCH_RACES", "5"))
RACE_MIXES = 8


def measure() -> Iterator[dict[str, Any]]:
    """Yield the CPU time without and with a receiver, then the speed of several."""
    floors.create_tables()
    floor_queue.create_table()
    yield compare("a worker, nobody listens", start=10_000)
    connect_event.connect(listen)
    yield compare("a worker, one receiver", start=20_000)
    if connection.vendor == "postgresql":
        yield from race()


def compare(name: str, *, start: int) -> dict[str, Any]:
    medians = in_turns(our_worker, floor_worker, start=start, rounds=ROUNDS // 2)
    columns = compared(*medians, against="a plain loop", must=1.5, aim=1.0)
    return {"table": "CPU time of a worker for a message", "worker": name, **columns}


def our_worker(index: int) -> float:
    messages = store(mixed(index))
    seconds = cpu_of(lambda worker: worker.run(), [Worker()])
    check()
    return seconds / messages


def check() -> None:
    """Make sure that all messages are processed."""
    left = ConnectMessage.objects.exclude(status="processed")
    if left.exists():
        raise SystemExit(f"Left: {list(left.values('status', 'error')[:3])}")


def floor_worker(index: int) -> float:
    posts = mixed(index)
    floor_queue.store(posts)
    seconds = cpu_of(floor_queue.work, posts)
    if floor_queue.work():
        raise SystemExit("The loop left something.")
    return seconds


def mixed(index: int) -> list[Post]:
    """Return the messages of ten envelopes, of each in order."""
    stories = [*lifecycles(2 * index), *lifecycles(2 * index + 1)]
    turns = chain.from_iterable(zip_longest(*stories))
    return [post for post in turns if post is not None]


def store(posts: list[Post]) -> int:
    target = ours(WSGIHandler())
    with processor("deferred"):
        for post in posts:
            target.send(environ(OURS, post))
    return len(posts)


def race() -> Iterator[dict[str, Any]]:
    """Let one, two and four workers drain as much each; yield their throughput."""
    speeds: dict[int, list[float]] = {1: [], 2: [], 4: []}
    for index in range(RACES):
        for workers, found in speeds.items():
            start = 30_000 + (index * 10 + workers) * RACE_MIXES
            found.append(drain(workers, start=start))
    medians = {workers: statistics.median(found) for workers, found in speeds.items()}
    for workers, speed in medians.items():
        yield {
            "table": "Workers at once",
            "workers": workers,
            "messages a second": speed,
            "times one": speed / medians[1],
            "must": None if workers == 1 else 1.5,
        }


def drain(workers: int, *, start: int) -> float:
    """Return how many messages a second so many workers process, all together."""
    messages = sum(store(mixed(start + index)) for index in range(RACE_MIXES))
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    barrier = fork.Barrier(workers + 1)
    children = [fork.Process(target=work, args=[barrier]) for _ in range(workers)]
    for child in children:
        child.start()
    barrier.wait()
    begun = time.monotonic()
    barrier.wait()
    seconds = time.monotonic() - begun
    for child in children:
        child.join()
    check()
    return messages / seconds


def work(barrier: Barrier) -> None:
    """Connect, wait for the others, process what is due, and wait for them again."""
    connection.ensure_connection()
    barrier.wait()
    Worker().run()
    barrier.wait()
