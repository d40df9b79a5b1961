"""How the queue of messages and its listeners are doing, in numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone


@dataclass(frozen=True, kw_only=True)
class ListenerHealth:
    """When a listener last got a message, and how long it may go without one.

    ``silence_after`` is in seconds; None: for ever.
    """

    listener: str
    last_message_at: datetime | None
    silent_seconds: float | None
    silence_after: float | None

    @classmethod
    def told(
        cls,
        listener: str,
        *,
        last_message_at: datetime | None,
        silence_after: float | None,
    ) -> ListenerHealth:
        """Return how a listener does now, from when it last got a message."""
        last = last_message_at
        return cls(
            listener=listener,
            last_message_at=last,
            silent_seconds=(timezone.now() - last).total_seconds() if last else None,
            silence_after=silence_after,
        )

    @property
    def is_silent(self) -> bool:
        """Whether it has had no message for too long, or none at all yet."""
        if self.silence_after is None:
            return False
        return self.silent_seconds is None or self.silent_seconds > self.silence_after

    def as_dict(self) -> dict[str, Any]:
        """Return the numbers as JSON takes them."""
        return {
            **asdict(self),
            "last_message_at": _iso(self.last_message_at),
            "is_silent": self.is_silent,
        }


@dataclass(frozen=True, kw_only=True)
class Health:
    """What waits, fails, was given up, and who is silent; nothing personal.

    ``waiting`` counts what is pending or failing; ``backlog_max_age`` is in seconds.
    """

    waiting: int
    failing: int
    abandoned: int
    oldest_waiting_at: datetime | None
    oldest_waiting_seconds: float
    backlog_max_age: float
    listeners: tuple[ListenerHealth, ...]

    @property
    def is_healthy(self) -> bool:
        return not self.problems

    @property
    def problems(self) -> list[str]:
        """What is wrong, each in a sentence; empty if nothing is."""
        return list(self._problems())

    def _problems(self) -> Iterator[str]:
        if self.abandoned:
            yield f"{self.abandoned} message(s) were abandoned."
        if self.oldest_waiting_seconds > self.backlog_max_age:
            yield (
                f"A message has waited for {self.oldest_waiting_seconds:.0f} s, "
                f"longer than {self.backlog_max_age:g} s."
            )
        for one in self.listeners:
            if one.is_silent and one.silent_seconds is None:
                yield f"Listener {one.listener!r} has had no message yet."
            elif one.is_silent:
                yield (
                    f"Listener {one.listener!r} has had no message "
                    f"for longer than {one.silence_after:g} s."
                )

    def as_dict(self) -> dict[str, Any]:
        """Return the numbers as JSON takes them, with ``status`` first."""
        return {
            "status": "ok" if self.is_healthy else "unhealthy",
            "problems": self.problems,
            **asdict(self),
            "oldest_waiting_at": _iso(self.oldest_waiting_at),
            "listeners": [one.as_dict() for one in self.listeners],
        }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
