"""``python -m tests.chaos``: run after run, a row of the table for each.

Exits with 1 if anything was lost, was announced twice without an excuse, or is odd in
another way; each such thing is printed below the row.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import product
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

# Models and settings need what comes before.
from tests.chaos import brokers, databases, table  # noqa: E402
from tests.chaos.driver import Outcome, Run  # noqa: E402
from tests.chaos.stage import PROCESSORS  # noqa: E402


def main(arguments: Sequence[str]) -> int:
    """Return 0 if all runs were fine."""
    options = parse(arguments)
    # As Ctrl-C does: what was started and made is ended and removed.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    say(table.heading())
    fine = [play(run) for run in runs(options)]
    return int(not all(fine))


def parse(arguments: Sequence[str]) -> Namespace:
    parser = ArgumentParser(prog="python -m tests.chaos")
    options = (
        ("--seeds", 10, "how many runs"),
        ("--first", 1, "the seed of the first run"),
        ("--messages", 300, "how many messages a run has"),
        ("--faults", 12, "how many faults a run has"),
    )
    for name, default, meaning in options:
        text = f"{meaning} (default: %(default)s)"
        parser.add_argument(name, type=int, default=default, help=text)
    in_turn = "default: all at hand, in turn"
    parser.add_argument("--database", choices=databases.DATABASES, help=in_turn)
    parser.add_argument("--processor", choices=PROCESSORS, help=in_turn)
    parser.add_argument("--keep", type=Path, help="a folder for logs and traces")
    return parser.parse_args(arguments)


def runs(options: Namespace) -> Iterator[Run]:
    """Yield the runs, each with a folder that is there as long as it lasts."""
    names = [options.database] if options.database else databases.at_hand()
    ways = [options.processor] if options.processor else brokers.at_hand(PROCESSORS)
    pairs = list(product(ways, names))
    for seed in range(options.first, options.first + options.seeds):
        processor, name = pairs[seed % len(pairs)]
        with folder(options.keep, f"{seed}-{name}-{processor}") as kept_in:
            yield Run(
                seed=seed,
                database=name,
                processor=processor,
                messages=options.messages,
                faults=options.faults,
                folder=kept_in,
            )


@contextmanager
def folder(keep: Path | None, name: str) -> Iterator[Path]:
    """Give a run's folder: a new one in ``keep``, or one that is removed after."""
    if keep:
        kept = keep / name
        kept.mkdir(parents=True)
        yield kept
        return
    with tempfile.TemporaryDirectory(prefix="docusign-connect-chaos-") as scratch:
        yield Path(scratch)


def play(run: Run) -> bool:
    """Play a run and print its row; return whether it is fine."""
    outcome = run.play()
    say(row(run, outcome))
    for complaint in outcome.verdict.complaints:
        say(f"    {complaint}")
    return outcome.is_fine


def row(run: Run, outcome: Outcome) -> str:
    done = (*table.cells(outcome.verdict), outcome.kills, outcome.outages)
    return table.line(run.seed, run.database, run.processor, *done)


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
