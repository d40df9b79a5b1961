"""Store a backlog and drain it with one worker; print its speed and memory."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from django_docusign_connect.models import ConnectMessage
from django_docusign_connect.processors.worker import Worker
from django_docusign_connect.signals import connect_event
from django_docusign_connect.simulator import tell, write_messages

CHUNK = 500
SAMPLES = 20


class Command(BaseCommand):
    help = "Store a backlog in a database of its own, and drain it with one worker."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("messages", type=int)

    def handle(self, *, messages: int, **options: Any) -> None:
        connection.creation.create_test_db(
            verbosity=0, serialize=False, autoclobber=True
        )
        connect_event.connect(listen)
        store(messages)
        begun = time.monotonic()
        memory = drain(messages)
        seconds = time.monotonic() - begun
        if ConnectMessage.objects.exclude(status="processed").exists():
            raise CommandError("The backlog did not drain.")
        found = {"messages": messages, "seconds": seconds, "memory": memory}
        self.stdout.write(json.dumps(found))
        name = str(connection.settings_dict["NAME"])
        connection.creation.destroy_test_db(name, verbosity=0)


def listen(**arguments: Any) -> None:
    """Hear an event, as a host's receiver does; so that its runs are recorded."""


def store(total: int) -> None:
    messages = islice(backlog(), total)
    while chunk := list(islice(messages, CHUNK)):
        ConnectMessage.objects.bulk_create(chunk)


def backlog() -> Iterator[ConnectMessage]:
    """Yield messages without end, envelope by envelope."""
    for index in count():
        for message in write_messages(tell("signed-by-two", seed=1, index=index)):
            body = message.body()
            row = ConnectMessage.of(body, listener="default")
            row.inline_body = body
            row.next_attempt_at = timezone.now()
            yield row


def drain(total: int) -> list[float]:
    """Process all; return the memory after the first few, and as it goes on."""
    Worker(limit=CHUNK).run()
    memory = [resident()]
    for _ in range(SAMPLES):
        Worker(limit=-(-total // SAMPLES)).run()
        memory.append(resident())
    return memory


def resident() -> float:
    """Return the memory of this process in MiB, as Linux tells it."""
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024
