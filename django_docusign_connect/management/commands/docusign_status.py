"""``manage.py docusign_status``"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand

from django_docusign_connect.management.status import read_status


class Command(BaseCommand):
    help = (
        "Tell what waits, fails or was abandoned, when each listener last heard of "
        "DocuSign, which keys are in use, and what was refused. Exits with 1 if a "
        "message was abandoned or has waited for longer than BACKLOG_MAX_AGE, or a "
        "listener was silent for longer than SILENCE_AFTER."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help="Print JSON (default: plain lines)."
        )

    def handle(self, *, json: bool, **options: Any) -> None:
        status = read_status()
        lines = [as_json(status)] if json else as_lines(status)
        for line in lines:
            self.stdout.write(line)
        if status["status"] != "ok":
            raise SystemExit(1)


def as_json(status: dict[str, Any]) -> str:
    return json.dumps(status, indent=2)


def as_lines(status: dict[str, Any]) -> Iterator[str]:
    """Yield the status as a person reads it."""
    yield f"Status: {status['status']}"
    for problem in status["problems"]:
        yield f"  {problem}"
    yield (
        f"Waiting: {status['waiting']}, of them failing: {status['failing']}; "
        f"abandoned: {status['abandoned']}"
    )
    if status["oldest_waiting_at"]:
        seconds = status["oldest_waiting_seconds"]
        yield f"Oldest waiting: {status['oldest_waiting_at']} ({seconds:.0f} s ago)"
    for listener in status["listeners"]:
        last = listener["last_message_at"] or "never"
        silent = ", silent" if listener["is_silent"] else ""
        yield f"Listener {listener['listener']!r}: last message {last}{silent}"
        for key in listener["keys"]:
            matched = key["last_matched_at"] or "never"
            yield f"  Key {key['key']}: last matched {matched}"
        if listener["rejected"]:
            yield (
                f"  Refused: {listener['rejected']}, "
                f"last at {listener['last_rejected_at']}: "
                f"{listener['last_rejected_why']}"
            )
