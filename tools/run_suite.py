"""Run the test suite on SQLite, then on each database the environment names.

A database or broker is named by the variable given in ``SERVICES``. With
``CI=true`` none of those that answer on this machine may go unnamed.
"""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
import sys
from collections.abc import Mapping
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
RUN_ONCE = ("tests/browser", "tests/test_api_schema.py", "tests/test_translations.py")


def main() -> int:
    """Return 0 when every run passed, else 1."""
    environment = dict(os.environ)
    unnamed = [s for s in SERVICES if s.variable not in environment and answers(s.port)]
    for service in unnamed:
        print(f"{service.name} answers on this machine, but {service.variable} is not")
        print("set: nothing is tested on it.")
    if unnamed and environment.get("CI") == "true":
        return 1
    databases = {
        "SQLite": "",
        **{s.name: environment.get(s.variable, "") for s in SERVICES if s.is_database},
    }
    chosen = {name: url for name, url in databases.items() if url or name == "SQLite"}
    results = {name: run(name, url, environment) for name, url in chosen.items()}
    return max(report(results), coverage(environment))


def answers(port: int) -> bool:
    """Tell whether something listens on a port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def run(name: str, url: str, environment: Mapping[str, str]) -> int:
    """Run the suite on one database and return pytest's exit code."""
    print(f"\n=== The suite on {name} ===", flush=True)
    again = ("--cov-append", *(f"--ignore={path}" for path in RUN_ONCE))
    more = () if name == "SQLite" else again
    command = [sys.executable, "-m", "pytest", "--cov", "--cov-report=", *more]
    options = shlex.split(environment.get("PYTEST_ARGS", ""))
    return subprocess.run(
        [*command, *options], env={**environment, "DATABASE_URL": url}, check=False
    ).returncode


def report(results: Mapping[str, int]) -> int:
    """Print a line for each database; return 1 if one of the runs failed."""
    print()
    for name, code in results.items():
        outcome = {0: "passed", NO_TESTS_COLLECTED: "ran no test"}.get(code, "FAILED")
        print(f"{name:12}{outcome}")
    return int(any(results.values()))


def coverage(environment: Mapping[str, str]) -> int:
    """Print the coverage of all the runs; return 1 if it is below the minimum."""
    minimum = environment.get("COVERAGE_MINIMUM", "0")
    command = [sys.executable, "-m", "coverage", "report", f"--fail-under={minimum}"]
    return int(subprocess.run(command, check=False).returncode != 0)


if __name__ == "__main__":
    sys.exit(main())
