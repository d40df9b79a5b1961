"""What can go away and come back: a disk, a database's server, a broker."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from redis import Redis

from tests.chaos.proxy import Proxy


class Outage(Protocol):
    """Something that goes away and comes back; ending what has not begun is fine."""

    def begin(self) -> None: ...

    def end(self) -> None: ...


@dataclass(frozen=True)
class FullDisk:
    """Lets the host's SQLite file grow no further: its quota is used up."""

    mark: Path

    def begin(self) -> None:
        self.mark.touch()

    def end(self) -> None:
        self.mark.unlink(missing_ok=True)


@dataclass(frozen=True)
class CutWire:
    """Breaks all connections to a server, and lets none be made."""

    proxy: Proxy

    def begin(self) -> None:
        self.proxy.cut()

    def end(self) -> None:
        self.proxy.mend()


@dataclass(frozen=True)
class ForgetfulBroker:
    """A cut wire to Redis, which every other time comes back without its tasks."""

    redis: Redis
    prefix: str
    proxy: Proxy
    chance: random.Random

    def begin(self) -> None:
        self.proxy.cut()

    def end(self) -> None:
        if self.chance.random() < 0.5:
            self.forget()
        self.proxy.mend()

    def forget(self) -> None:
        for key in self.redis.scan_iter(f"{self.prefix}*"):
            self.redis.delete(key)
