"""Receivers that write a line for each run, and one that can be made slow."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any


def quick(event: Any, **kwargs: Any) -> None:
    _trace("quick", event.name)


def slow(event: Any, **kwargs: Any) -> None:
    _trace("slow", event.name)
    time.sleep(float(os.environ.get("SLOW_SECONDS", "0")))
    _trace("slow done", event.name)


def _trace(who: str, name: str) -> None:
    with Path(os.environ["TRACE_FILE"]).open("a") as file:
        file.write(f"{who} {name}\n")
