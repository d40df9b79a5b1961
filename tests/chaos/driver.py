"""Drives one run: sets the stage, plays DocuSign, lets faults happen, and audits."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import connections

from django_docusign_connect.models import ConnectMessage
from tests.chaos.auditor import Verdict, audit
from tests.chaos.brokers import run_broker
from tests.chaos.databases import ALIAS, QUOTA, run_database
from tests.chaos.faults import Fault, plan, storm
from tests.chaos.load import Load
from tests.chaos.rows import read_rows
from tests.chaos.stage import Stage
from tests.chaos.trace import read_calls

KEY = "chaos-key"
CLAIM_SECONDS = 4
#: Seconds after which what is not acknowledged, or not processed, is given up on.
PATIENCE_SECONDS = 90.0


@dataclass(frozen=True)
class Outcome:
    """What came of a run, and how often the host was killed or cut off."""

    verdict: Verdict
    kills: int
    outages: int

    @property
    def is_fine(self) -> bool:
        return not self.verdict.complaints


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run: what is left to chance in it follows from its seed."""

    seed: int
    database: str
    processor: str
    messages: int
    faults: int
    folder: Path

    def play(self) -> Outcome:
        """Play the run; what its processes write stays in the folder."""
        self._trace.touch()
        chance = random.Random(f"{self.seed}/{self.database}/{self.processor}")
        with self._stage(chance) as stage:
            names = sorted(stage.actions)
            faults = plan(chance, names, count=self.faults, messages=self.messages)
            load = self._tell_through(faults, stage)
            stage.end()
            calls = read_calls(self._trace)
            verdict = audit(load.told, read_rows(), calls, stage.kills)
        verdict.complaints.extend(self._oddities(load, stage))
        outages = sum(fault.name in stage.outages for fault in faults)
        return Outcome(verdict, len(stage.kills), outages)

    def _tell_through(self, faults: Sequence[Fault], stage: Stage) -> Load:
        """Play DocuSign while all that goes wrong, and until all is processed."""
        url = f"http://127.0.0.1:{stage.port}/docusign/connect/"
        load = Load(url, KEY, seed=self.seed, count=self.messages)
        load.start()
        storm(faults, stage.actions, progress=self._progress)
        stage.calm()
        load.finish(seconds=PATIENCE_SECONDS)
        _drain(seconds=PATIENCE_SECONDS)
        return load

    @contextmanager
    def _stage(self, chance: random.Random) -> Iterator[Stage]:
        """Make a database, a broker if need be, and processes; remove them after."""
        label = f"docusign_chaos_{os.getpid()}"
        with ExitStack() as stack:
            url, outages = stack.enter_context(
                run_database(self.database, folder=self.folder, label=label)
            )
            environment = {**self._environment(url), "CHAOS_BROKER_PREFIX": label}
            if self.processor == "celery":
                broker_url, more = stack.enter_context(run_broker(label, chance))
                environment["CHAOS_BROKER_URL"] = broker_url
                outages |= more
            stage = Stage.of(
                self.processor,
                environment=environment,
                folder=self.folder,
                outages=outages,
                chance=chance,
            )
            stack.callback(stage.end)
            stage.start()
            yield stage

    @property
    def _trace(self) -> Path:
        return self.folder / "trace"

    def _progress(self) -> int:
        """Return how many bytes the receivers have written."""
        return self._trace.stat().st_size

    def _environment(self, database_url: str) -> Mapping[str, str]:
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.chaos.host.settings",
            "DATABASE_URL": database_url,
            "CHAOS_KEY": KEY,
            "CHAOS_PROCESSOR": self.processor,
            "CHAOS_CLAIM_SECONDS": str(CLAIM_SECONDS),
            "CHAOS_TRACE": str(self._trace),
            "CHAOS_QUOTA": str(self.folder / QUOTA),
            # What killed processes leave goes with the folder.
            "TMPDIR": str(self.folder),
        }

    def _oddities(self, load: Load, stage: Stage) -> Iterator[str]:
        for status, count in load.odd_answers.items():
            yield f"{count} posts were answered {status}"
        if unacknowledged := sum(not told.is_acknowledged for told in load.told):
            yield f"{unacknowledged} messages were never acknowledged"
        if unsent := self.messages - len(load.told):
            yield f"{unsent} messages were never sent"
        yield from stage.deaths
        for log in sorted(self.folder.glob("*.log")):
            if "deadlock" in log.read_text(errors="replace").lower():
                yield f"{log.name} tells of a deadlock"


def _drain(*, seconds: float) -> None:
    """Wait until nothing is left to do; what is left after so long, is lost."""
    deadline = time.monotonic() + seconds
    waiting = ConnectMessage.objects.using(ALIAS).undone()
    while waiting.exists() and time.monotonic() < deadline:
        connections[ALIAS].close()
        time.sleep(0.2)
