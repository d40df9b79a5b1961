"""``manage.py docusign_replay``"""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Mapping
from datetime import datetime
from datetime import timezone as dt_timezone
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from django_docusign_connect.models import ConnectMessage
from django_docusign_connect.processors.replay import Outcome, replay

#: The greatest number that the databases hold.
MAX_ID = 2**63 - 1


def moment(text: str) -> datetime:
    """Read a date or time, in UTC; one without a zone is in the project's own."""
    try:
        date = parse_date(text)
        parsed = datetime(date.year, date.month, date.day) if date else None
        parsed = parsed or parse_datetime(text)
        if parsed is None:
            raise ValueError("it is no date like 2026-01-31T12:00.")
        aware = parsed if timezone.is_aware(parsed) else timezone.make_aware(parsed)
        return aware.astimezone(dt_timezone.utc)
    except (ValueError, OverflowError) as error:
        raise ArgumentTypeError(f"{text!r}: {error}") from error


def check(options: Mapping[str, Any]) -> None:
    """Raise CommandError for a choice that can name no message."""
    for number in options["id"] or ():
        if not 0 < number <= MAX_ID:
            raise CommandError(f"--id: {number} is no message's id.", returncode=2)
    since, until = options["since"], options["until"]
    if since and until and until <= since:
        raise CommandError("--until must be later than --since.", returncode=2)


class Command(BaseCommand):
    help = (
        "Process stored Connect messages again, oldest first, and send their signals "
        "to all receivers, with is_replay=True. Choose the messages by one option at "
        "least; several narrow the choice."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add = parser.add_argument
        add("--id", type=int, action="append", help="A message's id; repeatable.")
        add("--envelope", type=UUID, help="An envelope's ID.")
        add("--event", help="An event's name, such as envelope-completed.")
        add("--status", choices=ConnectMessage.Status.values, help="A status.")
        add("--since", type=moment, help="Received at this time or later.")
        add("--until", type=moment, help="Received before this time.")
        add(
            "--dry-run",
            action="store_true",
            help="List the messages, process none (default: process them).",
        )

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        check(options)
        choice = {
            "pk__in": options["id"],
            "envelope_id": options["envelope"],
            "event": options["event"],
            "status": options["status"],
            "received_at__gte": options["since"],
            "received_at__lt": options["until"],
        }
        choice = {name: value for name, value in choice.items() if value is not None}
        if not choice:
            raise CommandError(
                "Choose the messages: give at least one of --id, --envelope, --event, "
                "--status, --since and --until.",
                returncode=2,
            )
        outcomes = dict.fromkeys(Outcome, 0)
        for message in ConnectMessage.objects.chosen(choice):
            outcome = Outcome.CHOSEN if dry_run else replay(message)
            outcomes[outcome] += 1
            self.stdout.write(f"{message.pk} {message.event or '-'}: {outcome.value}")
        counts = [f"{count} {one.value}" for one, count in outcomes.items() if count]
        self.stdout.write(f"{'; '.join(counts) or 'No such message'}.")
        if outcomes[Outcome.FAILED]:
            raise SystemExit(1)
