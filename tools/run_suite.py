"""Run the test suite on SQLite, then on the databases the environment names, at once.

A database or broker is named by the variable given in ``SERVICES``. With
``CI=true`` none of those that answer on this machine may go unnamed.
"""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple


class Service(NamedTuple):
    name: str
    variable: str
    port: int
    is_database: bool


SERVICES = (
    Service("PostgreSQL", "TEST_POSTGRESQL_URL", 5432, True),
    Service("MariaDB", "TEST_MARIADB_URL", 3306, True),
    Service("Redis", "TEST_REDIS_URL", 6379, False),
    Service("RabbitMQ", "TEST_RABBITMQ_URL", 5672, False),
)
NO_TESTS_COLLECTED = 5
#: What is the same on every database: sites that are served on one of their own.
RUN_ONCE = (
    "tests/browser",
    "tests/test_api_schema.py",
    "tests/test_demo.py",
    "tests/test_run_suite.py",
    "tests/test_translations.py",
)


def main() -> int:
    """Return 0 when every run passed, else 1."""
    environment = dict(os.environ)
    unnamed = [s for s in SERVICES if s.variable not in environment and answers(s.port)]
    for service in unnamed:
        print(f"{service.name} answers on this machine, but {service.variable} is not")
        print("set: nothing is tested on it.")
    if unnamed and environment.get("CI") == "true":
        return 1
    named = {s.name: environment.get(s.variable, "") for s in SERVICES if s.is_database}
    others = {name: url for name, url in named.items() if url}
    results = {"SQLite": run("SQLite", environment)}
    with ThreadPoolExecutor() as pool:
        runs = {
            name: pool.submit(run, name, {**environment, "DATABASE_URL": url})
            for name, url in others.items()
        }
        results |= {name: one.result() for name, one in runs.items()}
    if not is_measured(environment):
        return report(results)
    return max(report(results), coverage(list(results), environment))


def is_measured(environment: Mapping[str, str]) -> bool:
    """Whether coverage is told: of the whole suite, or if a minimum is asked for."""
    is_whole = not environment.get("PYTEST_ARGS", "").strip()
    return is_whole or environment.get("COVERAGE_MINIMUM", "0") != "0"


def answers(port: int) -> bool:
    """Tell whether something listens on a port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def run(name: str, environment: Mapping[str, str]) -> int:
    """Run the suite on one database, print what it said, and return its exit code."""
    is_first = name == "SQLite"
    again = () if is_first else tuple(f"--ignore={path}" for path in RUN_ONCE)
    options = shlex.split(environment.get("PYTEST_ARGS", ""))
    measured = ("--cov", "--cov-report=") if is_measured(environment) else ()
    command = [sys.executable, "-m", "pytest", *measured]
    with tempfile.TemporaryFile() as said:
        if is_first:
            print(f"\n=== The suite on {name} ===", flush=True)
        # Those that run at once would talk at once.
        code = subprocess.run(
            [*command, *again, *options],
            env={**environment, "COVERAGE_FILE": coverage_file(name)},
            stdout=None if is_first else said,
            stderr=None if is_first else subprocess.STDOUT,
            check=False,
        ).returncode
        if not is_first:
            said.seek(0)
            told = said.read().decode(errors="replace")
            print(f"\n=== The suite on {name} ===\n{told}", flush=True)
    return code


def report(results: Mapping[str, int]) -> int:
    """Print a line for each database; return 1 if one of the runs failed."""
    print()
    for name, code in results.items():
        outcome = {0: "passed", NO_TESTS_COLLECTED: "ran no test"}.get(code, "FAILED")
        print(f"{name:12}{outcome}")
    return int(any(results.values()))


def coverage(names: Sequence[str], environment: Mapping[str, str]) -> int:
    """Print the coverage of all the runs; return 1 if it is below the minimum."""
    minimum = environment.get("COVERAGE_MINIMUM", "0")
    command = [sys.executable, "-m", "coverage"]
    files = [file for file in map(coverage_file, names) if os.path.exists(file)]
    subprocess.run([*command, "combine", "--quiet", *files], check=False)
    report = [*command, "report", f"--fail-under={minimum}"]
    return int(subprocess.run(report, check=False).returncode != 0)


def coverage_file(name: str) -> str:
    """Return the name of the file of one run's coverage."""
    return os.path.abspath(f".coverage.{name.lower()}")


if __name__ == "__main__":
    sys.exit(main())
