"""The stage of a run: a server, workers, and all that can befall them."""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.brokers import ALONE
from tests.chaos.actors import Actor, Kill, free_port
from tests.chaos.faults import Action
from tests.chaos.outages import Outage
from tests.processes import wait_for

#: Seconds by which a process's clock may be wrong: more than a claim lasts.
SKEWS = (-6.0, 0.0, 6.0)
#: How many outages have a worker killed meanwhile.
KILLS_IN_OUTAGES = 0.3

SERVER = ("gunicorn", "django.core.wsgi:get_wsgi_application()")
SERVER_OPTIONS = ("--workers=2", "--threads=3")
WATCH = ("django", "docusign_process", "--watch")
CELERY = ("celery", "-A", "tests.chaos.host", "worker", "--loglevel=WARNING", *ALONE)
#: The workers of each processor; ``docusign_process`` is everybody's safety net.
WORKERS = {
    "immediate": (WATCH,),
    "deferred": (WATCH, WATCH),
    "celery": ((*CELERY, "--concurrency=2"), WATCH),
}
PROCESSORS = tuple(WORKERS)


@dataclass(frozen=True)
class Stage:
    """All that takes part in a run, and what follows from its seed."""

    server: Actor
    workers: list[Actor]
    outages: Mapping[str, Outage]
    chance: random.Random
    port: int

    @classmethod
    def of(
        cls,
        processor: str,
        *,
        environment: Mapping[str, str],
        folder: Path,
        outages: Mapping[str, Outage],
        chance: random.Random,
    ) -> Stage:
        """Return a stage on which nothing runs yet; logs are in the folder."""
        port = free_port()
        bind = (*SERVER, *SERVER_OPTIONS, f"--bind=127.0.0.1:{port}")

        def actor(name: str, command: tuple[str, ...]) -> Actor:
            return Actor(*command, environment=environment, log=folder / f"{name}.log")

        workers = [
            actor(f"worker {number}", command)
            for number, command in enumerate(WORKERS[processor], start=1)
        ]
        return cls(actor("server", bind), workers, outages, chance, port)

    @property
    def kills(self) -> list[Kill]:
        return [kill for actor in self.actors for kill in actor.kills]

    @property
    def deaths(self) -> list[str]:
        """What ended by itself, and must not.

        Celery's worker may: it does if its broker, or one of its processes, goes away
        while it starts. Its supervisor would start it again.
        """
        return [
            f"{actor.log.stem} ended by itself, with exit code {code}"
            for actor in self.actors
            if "celery" not in actor.command
            for code in actor.deaths
        ]

    @property
    def actors(self) -> tuple[Actor, ...]:
        return (self.server, *self.workers)

    @property
    def actions(self) -> dict[str, Action]:
        """What can befall the host, by name; each is given seconds to last."""
        return {
            "kill a process of the server": self._kill_child_of_server,
            "kill the server": self._kill_server,
            "kill a worker": self._kill_worker,
            **{name: self._act(outage) for name, outage in self.outages.items()},
        }

    def start(self) -> None:
        for actor in self.actors:
            self._start_with_any_clock(actor)
        self._wait_for_server()

    def end(self) -> None:
        for actor in self.actors:
            actor.end()

    def calm(self) -> None:
        """End all faults, and start the workers again with clocks that are right."""
        for outage in self.outages.values():
            outage.end()
        for worker in self.workers:
            worker.end()
            worker.start()

    def _wait_for_server(self) -> None:
        def is_up() -> bool:
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", self.port)) == 0

        wait_for(is_up)

    def _kill_child_of_server(self, seconds: float) -> None:
        self.server.kill_child(self.chance)

    def _kill_server(self, seconds: float) -> None:
        self.server.kill()
        time.sleep(seconds / 3)
        self._start_with_any_clock(self.server)

    def _kill_worker(self, seconds: float) -> None:
        worker = self.chance.choice(self.workers)
        if self.chance.random() < 0.5 and worker.kill_child(self.chance):
            return
        worker.kill()
        time.sleep(seconds / 3)
        self._start_with_any_clock(worker)

    def _start_with_any_clock(self, actor: Actor) -> None:
        actor.start(CHAOS_CLOCK_SKEW=str(self.chance.choice(SKEWS)))

    def _act(self, outage: Outage) -> Action:
        def act(seconds: float) -> None:
            outage.begin()
            if self.chance.random() < KILLS_IN_OUTAGES:
                self._kill_worker(seconds / 2)
            time.sleep(seconds)
            outage.end()

        return act
