"""The host's processes: started, killed at any moment, started again, ended."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

END_SECONDS = 20


@dataclass(frozen=True)
class Kill:
    """When a process was killed, or a whole group of them by the group's number."""

    at: float
    number: int


class Actor:
    """A command of the host's, in a process group of its own; its log is a file."""

    def __init__(
        self, *command: str, environment: Mapping[str, str], log: Path
    ) -> None:
        self.command = (sys.executable, "-m", *command)
        self.environment = environment
        self.log = log
        self.kills: list[Kill] = []
        #: The exit codes of processes that ended though nobody made them.
        self.deaths: list[int] = []
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, **changes: str) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                env={**self.environment, **changes},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """Kill the process with all that it started."""
        if self._process is None:
            return
        self._note_death(self._process)
        self._kill_group(self._process)
        self.kills.append(Kill(time.time(), self._process.pid))
        self._process = None

    def kill_child(self, chance: random.Random) -> bool:
        """Kill one of the processes that it started; return whether there was one."""
        if self._process is None:
            return False
        with suppress(psutil.NoSuchProcess, IndexError):
            child = chance.choice(psutil.Process(self._process.pid).children())
            child.kill()
            self.kills.append(Kill(time.time(), child.pid))
            return True
        return False

    def end(self) -> None:
        """Ask the process to end, and see to it that it does, with all its own."""
        if self._process is None:
            return
        self._note_death(self._process)
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=END_SECONDS)
        self._kill_group(self._process)
        self._process = None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _note_death(self, process: subprocess.Popen[bytes]) -> None:
        if not self.is_running:
            self.deaths.append(process.returncode)

    def _kill_group(self, process: subprocess.Popen[bytes]) -> None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=END_SECONDS)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
