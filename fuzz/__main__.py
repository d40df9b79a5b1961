"""Run each harness for its share of FUZZ_SECONDS, and print a table.

What breaks one is left in ``.fuzz``, and ``python -m fuzz.HARNESS FILE`` does it again.
The corpus grows there from run to run.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from fuzz import seeds

FOLDER = Path(".fuzz")
HARNESSES = ("parse", "view")
INPUT_SECONDS = 10
MEMORY_MEBIBYTES = 1024
COVERAGE = re.compile(r"cov: (\d+)")
EXECUTIONS = re.compile(r"stat::number_of_executed_units: (\d+)")


@dataclass(frozen=True)
class Outcome:
    """What one harness did; ``log`` is what libFuzzer wrote."""

    harness: str
    code: int
    log: str
    crashes: list[Path]

    @property
    def is_clean(self) -> bool:
        return self.code == 0 and not self.crashes

    def __str__(self) -> str:
        coverage = [int(number) for number in COVERAGE.findall(self.log)] or [0]
        executions = max(map(int, EXECUTIONS.findall(self.log)), default=0)
        new = coverage[-1] - coverage[0]
        return row(self.harness, executions, coverage[-1], new, len(self.crashes))


def main() -> int:
    """Return 0 if nothing broke, else 1."""
    seconds = int(os.environ.get("FUZZ_SECONDS", "60")) // len(HARNESSES)
    outcomes = [run(harness, seconds) for harness in HARNESSES]
    print(row("harness", "executions", "coverage", "new", "crashes"))
    for outcome in outcomes:
        print(outcome)
    for outcome in outcomes:
        explain(outcome)
    return int(not all(outcome.is_clean for outcome in outcomes))


def run(harness: str, seconds: int) -> Outcome:
    folder = FOLDER / harness
    dictionary = seeds.write(folder / "corpus")
    before = set(crashes(folder))
    options = {
        "max_total_time": max(seconds, 1),
        "timeout": INPUT_SECONDS,
        "rss_limit_mb": MEMORY_MEBIBYTES,
        "dict": dictionary,
        "artifact_prefix": f"{folder}/",
        "print_final_stats": 1,
    }
    arguments = [f"-{name}={value}" for name, value in options.items()]
    done = subprocess.run(
        [sys.executable, "-m", f"fuzz.{harness}", str(folder / "corpus"), *arguments],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "fuzz.settings"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    new = sorted(set(crashes(folder)) - before)
    return Outcome(harness, done.returncode, done.stdout, new)


def crashes(folder: Path) -> list[Path]:
    """Return the inputs that broke the harness, took too long, or too much memory."""
    kinds = ("crash", "timeout", "oom", "leak")
    return [path for kind in kinds for path in folder.glob(f"{kind}-*")]


def explain(outcome: Outcome) -> None:
    """Print the end of the log of a harness that did not end well."""
    if not outcome.is_clean:
        print(f"\n=== {outcome.harness} ended with {outcome.code} ===")
        print("\n".join(outcome.log.splitlines()[-40:]))
    for path in outcome.crashes:
        print(f"Do it again: python -m fuzz.{outcome.harness} {path}")


def row(*cells: object) -> str:
    name, *numbers = cells
    return f"{name:12}" + "".join(f"{number:>12}" for number in numbers)


if __name__ == "__main__":
    sys.exit(main())
