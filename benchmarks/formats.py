"""CPU time of XML snapshots, and of messages that bring documents of 1, 10 and 25 MB.

The floors read JSON alone. They need DATA_UPLOAD_MAX_MEMORY_SIZE raised, and keep the
body, not the documents as files of their own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.test.utils import override_settings

from benchmarks import floors
from benchmarks.messages import Post, sign_by, signed, with_document
from benchmarks.rounds import ROUNDS, in_turns
from benchmarks.targets import OURS, Target, listen, processor
from django_docusign_connect.signals import connect_event
from django_docusign_connect.simulator import write_messages

DOCUMENT_ROUNDS = int(os.environ.get("BENCH_DOCUMENT_ROUNDS", "5"))
MEGABYTE = 1_000_000
PATHS = {"deferred": ("acknowledge", "floor-1"), "immediate": ("everything", "floor-2")}


@dataclass(frozen=True)
class Case:
    """Messages of one kind, and how often they are measured."""

    name: str
    posts: Callable[[int], list[Post]]
    rounds: int = DOCUMENT_ROUNDS
    is_json: bool = True


def measure() -> Iterator[dict[str, Any]]:
    """Yield a row for each kind of message and each path."""
    floors.create_tables()
    connect_event.connect(listen)
    cases = [
        Case("XML snapshots", snapshots, rounds=ROUNDS, is_json=False),
        *(Case(f"JSON, {n} MB", partial(document, "sim", n)) for n in (1, 10, 25)),
        *(
            Case(f"XML, {n} MB", partial(document, "xml", n), is_json=False)
            for n in (1, 10, 25)
        ),
    ]
    start = 200_000
    for case in cases:
        for processor_name in PATHS:
            with (
                processor(processor_name),
                override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=None),
            ):
                yield row(case, processor_name, start=start)
            start += 100


def row(case: Case, processor_name: str, *, start: int) -> dict[str, Any]:
    application = WSGIHandler()
    path, floor = PATHS[processor_name]
    sides = [Target(application, OURS, case.posts)]
    if case.is_json:
        sides.append(Target(application, f"/{floor}/", case.posts))
    ours, *others = in_turns(*sides, start=start, rounds=case.rounds)
    columns = {
        "table": "CPU time of other messages",
        "message": case.name,
        "path": path,
    }
    if not others:
        return {**columns, "ours µs": ours}
    compared = {"against": floor, "its µs": others[0], "ratio": ours / others[0]}
    return {**columns, "ours µs": ours, **compared}


def snapshots(index: int) -> list[Post]:
    story = sign_by(3, index=index)
    return [signed(message.body()) for message in write_messages(story, "xml")]


def document(format_name: str, megabytes: int, index: int) -> list[Post]:
    return [signed(with_document(format_name, megabytes * MEGABYTE, index=index))]
