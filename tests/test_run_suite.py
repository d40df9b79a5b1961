"""What ``make test`` runs, here of a few tests alone."""

from __future__ import annotations

import os
import subprocess
import sys

from .example_site import ROOT


def test_run_of_some_tests_says_nothing_of_coverage() -> None:
    left_out = {"CI", "COVERAGE_MINIMUM", "DATABASE_URL"}
    variables = {
        name: value
        for name, value in os.environ.items()
        if name not in left_out and not name.startswith("TEST_")
    }
    run = subprocess.run(
        [sys.executable, "tools/run_suite.py"],
        env={**variables, "PYTEST_ARGS": "tests/test_conf.py -k listener"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stdout
    assert "SQLite      passed" in run.stdout
    assert "overage" not in run.stdout + run.stderr
    assert "TOTAL" not in run.stdout
