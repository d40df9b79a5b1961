"""``python -m tests.chaos``: run after run, a row of the table for each."""

from __future__ import annotations

import os
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from tests.chaos import brokers, databases, table  # noqa: E402 - needs the settings
from tests.chaos.driver import Outcome, Run  # noqa: E402
from tests.chaos.stage import PROCESSORS  # noqa: E402


def main(arguments: Sequence[str]) -> int:
    """Return 0 if nothing was lost, nothing announced twice, and nothing is odd."""
    options = parse(arguments)
    print(table.heading(), flush=True)
    outcomes = [show(run) for run in runs(options)]
    return int(not all(outcomes))


def parse(arguments: Sequence[str]) -> Namespace:
    parser = ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seeds", type=int, default=10, help="how many runs")
    parser.add_argument("--first", type=int, default=1, help="the first run's seed")
    parser.add_argument(
        "--database", choices=databases.DATABASES, help="default: all at hand, in turn"
    )
    parser.add_argument(
        "--processor", choices=PROCESSORS, help="default: all at hand, in turn"
    )
    parser.add_argument("--keep", type=Path, help="folder to keep logs and traces in")
    return parser.parse_args(arguments)


def runs(options: Namespace) -> Iterator[Run]:
    """Yield the runs, each with a folder of its own."""
    names = [options.database] if options.database else databases.at_hand()
    chosen = [options.processor] if options.processor else brokers.processors(PROCESSORS)
    pairs = list(product(chosen, names))
    for seed in range(options.first, options.first + options.seeds):
        processor, name = pairs[seed % len(pairs)]
        with tempfile.TemporaryDirectory(prefix="docusign-connect-chaos-") as scratch:
            folder = Path(scratch)
            if options.keep:
                folder = options.keep / f"{seed}-{name}-{processor}"
                folder.mkdir(parents=True)
            yield Run(seed, name, processor, folder)


def show(run: Run) -> bool:
    """Play a run and print its row; return whether it is fine."""
    outcome = run.play()
    print(row(run, outcome), flush=True)
    for complaint in outcome.verdict.complaints:
        print(f"    {complaint}", flush=True)
    return outcome.is_fine


def row(run: Run, outcome: Outcome) -> str:
    outages = outcome.faults.total() - outcome.faults["kill"]
    return table.line(
        run.seed,
        run.database,
        run.processor,
        *table.cells(outcome.verdict),
        outcome.faults["kill"],
        outages,
        outcome.deadlocks,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
