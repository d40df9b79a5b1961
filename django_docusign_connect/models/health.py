"""How the queue of messages is doing, in numbers."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Health:
    """What waits, fails and was given up; nothing personal."""

    waiting: int
    failing: int
    abandoned: int
    oldest_waiting_at: datetime | None
    oldest_waiting_seconds: float
    backlog_max_age: float

    @property
    def is_healthy(self) -> bool:
        """Whether nothing was abandoned, and nothing waits for too long."""
        return not self.abandoned and (
            self.oldest_waiting_seconds <= self.backlog_max_age
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the numbers as JSON takes them, with ``status`` first."""
        oldest = self.oldest_waiting_at
        return {
            "status": "ok" if self.is_healthy else "unhealthy",
            **asdict(self),
            "oldest_waiting_at": oldest.isoformat() if oldest else None,
        }
