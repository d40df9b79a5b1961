"""``manage.py docusign_process``"""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from django_docusign_connect.models import EnvelopeTally
from django_docusign_connect.processors.worker import Worker

#: How long a run counts envelopes for the dashboard at most, once it has processed.
COUNTING_SECONDS = 5.0


@contextmanager
def stopped_by_signals(worker: Worker) -> Iterator[None]:
    """Have SIGTERM and Ctrl-C let the message at hand end; for the main thread."""
    numbers = (signal.SIGTERM, signal.SIGINT)
    is_main = threading.current_thread() is threading.main_thread()
    before = [signal.getsignal(number) for number in numbers]
    for number in numbers if is_main else ():
        signal.signal(number, lambda *_: worker.stop())
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True) if is_main else ():
            signal.signal(number, handler)


class Command(BaseCommand):
    help = (
        "Process the Connect messages that are due: new ones, those to be tried again, "
        "and what a killed worker left. Exits with 1 if a message failed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--watch",
            action="store_true",
            help="Wait for more, until SIGTERM or Ctrl-C (default: process and end).",
        )
        parser.add_argument(
            "--limit",
            type=int,
            help="Take at most LIMIT messages (default: all that are due).",
        )
        parser.add_argument(
            "--batch",
            type=int,
            default=10,
            help="Claim BATCH messages at a time (default: %(default)s).",
        )

    def handle(
        self, *, watch: bool, limit: int | None, batch: int, **options: Any
    ) -> None:
        for name, number in (("--limit", limit), ("--batch", batch)):
            if number is not None and number < 1:
                raise CommandError(f"{name} must be 1 or more.", returncode=2)
        worker = Worker(limit=limit, batch=batch)
        with stopped_by_signals(worker):
            if watch:
                worker.watch(report=lambda: self.report(worker))
            else:
                worker.run()
                if not worker.is_stopping:
                    EnvelopeTally.objects.catch_up(seconds=COUNTING_SECONDS)
        self.report(worker)
        if worker.failed:
            raise SystemExit(1)

    def report(self, worker: Worker) -> None:
        """Say what was done so far: on a terminal over the same line."""
        line = f"Processed {worker.done} message(s), {worker.failed} failed."
        is_terminal = self.stdout.isatty()
        self.stdout.write(f"\r{line}" if is_terminal else line, ending="\n")
