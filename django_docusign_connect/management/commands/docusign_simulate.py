"""``manage.py docusign_simulate``"""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from datetime import datetime, timezone
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.dateparse import parse_datetime

from django_docusign_connect.conf import get_settings
from django_docusign_connect.simulator import (
    FAULTS,
    FORMATS,
    SCENARIOS,
    Simulation,
    Tally,
    UnusableOption,
    choose_seed,
)

URL = "http://127.0.0.1:8000/docusign/connect/"

REPEATABLE = {
    "--key": "HMAC key to sign with (default: the first of HMAC_KEYS in the settings).",
    "--scenario": f"What happens: {', '.join(SCENARIOS)} (default: all in turn).",
    "--format": f"Format of the messages: {', '.join(FORMATS)} (default: sim).",
    "--fault": "What goes wrong. "
    + "; ".join(f"{name}: {meaning}" for name, meaning in FAULTS.items())
    + " (default: nothing).",
}


def read_moment(text: str) -> datetime:
    """Read a date with its time, in UTC unless it says otherwise."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise ArgumentTypeError(f"{text!r} is no moment such as 2026-05-01T12:00Z.")
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


class Command(BaseCommand):
    help = (
        "Play DocuSign Connect against a listener, over real HTTP: invent envelopes and"
        " post what happens to them, signed, and again until answered with 200."
        " --key, --scenario, --format and --fault may be given several times."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--url", default=URL, help="Where to post (default: %(default)s)."
        )
        for option, text in REPEATABLE.items():
            name = option.strip("-")
            parser.add_argument(
                option,
                action="append",
                dest=f"{name}s",
                metavar=name.upper(),
                help=text,
            )
        parser.add_argument(
            "--count",
            type=int,
            default=1,
            help="Envelopes of each scenario in each format (default: %(default)s).",
        )
        parser.add_argument(
            "--rate",
            type=float,
            default=0,
            help="Messages per second; 0: as fast as answered (default: %(default)s).",
        )
        parser.add_argument(
            "--seed",
            type=int,
            help="Settles everything invented but when it happens (default: another"
            " one each time, printed).",
        )
        parser.add_argument(
            "--before",
            type=read_moment,
            help="When the stories end, as 2026-05-01T12:00Z (default: now, printed)."
            " With the same --seed as well, a run is repeated byte for byte.",
        )

    def handle(
        self,
        *,
        url: str,
        keys: list[str] | None,
        scenarios: list[str] | None,
        formats: list[str] | None,
        faults: list[str] | None,
        count: int,
        rate: float,
        seed: int | None,
        before: datetime | None,
        **options: Any,
    ) -> None:
        try:
            simulation = Simulation(
                url=url,
                keys=get_settings().hmac_keys[:1] if keys is None else tuple(keys),
                seed=choose_seed() if seed is None else seed,
                scenarios=tuple(SCENARIOS if scenarios is None else scenarios),
                formats=("sim",) if formats is None else tuple(formats),
                faults=tuple(faults or ()),
                count=count,
                rate=rate,
                before=before or datetime.now(timezone.utc),
            )
        except UnusableOption as error:
            raise CommandError(str(error), returncode=2) from error
        self._play(simulation)

    def _play(self, simulation: Simulation) -> None:
        self.stdout.write(
            f"To repeat this run: --seed {simulation.seed}"
            f" --before {simulation.before.isoformat()}"
        )
        tally = Tally()
        for delivery in simulation.play():
            tally.add(delivery)
            self.stdout.write(str(delivery))
            if tally.advice:
                break
        self.stdout.write(f"{tally}.")
        if tally.advice:
            raise CommandError(f"Stopped: {tally.advice}", returncode=1)
        if tally.failed:
            raise CommandError(
                f"{tally.failed} failed: see the lines that say so. Is the listener up,"
                " and is the key one of its HMAC_KEYS?",
                returncode=1,
            )
