"""Brokers for Celery: the real ones that the environment names, and some away."""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import psutil
import pytest
from celery import Celery, _state
from kombu import pools
from redis import Redis

VARIABLES = {"Redis": "TEST_REDIS_URL", "RabbitMQ": "TEST_RABBITMQ_URL"}
WORKER = ("celery", "-A", "tests.celery_host", "worker", "--loglevel=ERROR")
ALONE = ("--without-gossip", "--without-mingle", "--without-heartbeat")


@dataclass(frozen=True)
class Broker:
    """A broker, and a queue on it that nobody else uses."""

    url: str
    app: Celery

    @property
    def queue(self) -> str:
        return str(self.app.conf.task_default_queue)

    @property
    def environment(self) -> dict[str, str]:
        """What a process of ``tests.celery_host`` reads."""
        return {
            "DJANGO_SETTINGS_MODULE": "tests.celery_host.settings",
            "CELERY_BROKER_URL": self.url,
            "CELERY_QUEUE": self.queue,
        }

    def count(self) -> int:
        """Return how many tasks wait in the queue."""
        with self.app.connection_for_read() as connection:
            queue = self.app.amqp.queues[self.queue]
            declared: Any = queue(connection.default_channel).queue_declare()
            return int(declared.message_count)

    def drop_connections(self) -> int:
        """Break the connections of this process to the broker, as a restart does."""
        port = self.app.connection_for_read().port
        dropped = 0
        for found in psutil.Process().net_connections():
            if found.raddr and found.raddr.port == port:
                with closing(socket.fromfd(found.fd, found.family, found.type)) as one:
                    one.shutdown(socket.SHUT_RDWR)
                dropped += 1
        return dropped

    def clear(self) -> None:
        with self.app.connection_for_write() as connection:
            queue = self.app.amqp.queues[self.queue]
            queue(connection.default_channel).delete()
        if self.url.startswith("redis"):
            with closing(Redis.from_url(self.url)) as redis:
                for key in redis.scan_iter(f"{self.queue}*"):
                    redis.delete(key)


@contextmanager
def celery_app(url: str) -> Iterator[Celery]:
    """Make a host's app the current one, with a queue of its own, until the end."""
    before = _state.get_current_app()
    queue = f"docusign-connect-test-{uuid.uuid4().hex}"
    app = Celery("tests", broker=url)
    app.conf.task_default_queue = queue
    app.conf.broker_transport_options = {"global_keyprefix": queue}
    app.set_default()
    try:
        yield app
    finally:
        before.set_default()
        before.set_current()
        pools.reset()


@contextmanager
def real_broker(name: str) -> Iterator[Broker]:
    """Use a real broker; the test is skipped if the environment names none."""
    variable = VARIABLES[name]
    if variable not in os.environ:
        pytest.skip(f"{variable} names no {name} to test on.")
    url = os.environ[variable]
    with celery_app(url) as app:
        broker = Broker(url, app)
        try:
            yield broker
        finally:
            broker.clear()
            app.close()


@contextmanager
def silent_server() -> Iterator[int]:
    """Listen on a port, and never answer anyone."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def closed_port() -> int:
    with silent_server() as port:
        return port
