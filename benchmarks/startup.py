"""CPU time to set up Django and REST framework, with our app and without."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

ROUNDS = 15
APPS = ["django.contrib.contenttypes", "django.contrib.auth", "rest_framework"]
#: What a host imports in any case: its URLs import views of REST framework.
SET_UP = """
import time
import django
from django.conf import settings
settings.configure(INSTALLED_APPS={apps!r}, DATABASES={{}})
django.setup()
import rest_framework.views
{more}
print(time.process_time())
"""
WITHOUT = SET_UP.format(apps=APPS, more="")
WITH = SET_UP.format(
    apps=[*APPS, "django_docusign_connect"], more="import django_docusign_connect"
)


def measure() -> Iterator[dict[str, Any]]:
    times: dict[str, list[float]] = {WITHOUT: [], WITH: []}
    for _ in range(ROUNDS):
        for program, found in times.items():
            found.append(run(program))
    without, with_ours = (statistics.median(one) * 1e3 for one in times.values())
    yield {
        "table": "CPU time to start",
        "Django and REST framework ms": without,
        "with our app": with_ours,
        "more": with_ours - without,
        "must": 50.0,
    }


def run(program: str) -> float:
    return float(subprocess.check_output([sys.executable, "-c", program]))
