"""How many requests were refused, and why: counters in Django's cache, no rows.

A forged request must cost no SQL and leave nothing of itself. The counters are
shared by all processes where the project's default cache is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.cache import cache
from django.utils import timezone

PREFIX = "docusign_connect.rejections"


@dataclass(frozen=True, kw_only=True)
class Rejections:
    """The refusals of one listener: how many, and the last one."""

    listener: str
    count: int
    last_reason: str
    last_at: str


def count_rejection(listener: str, reason: str, **kwargs: object) -> None:
    """Count one refusal of a listener's, for ever; a receiver of message_rejected."""
    key = f"{PREFIX}.{listener}"
    try:
        cache.incr(f"{key}.count")
    except ValueError:
        # The first one, or the second one at the same moment.
        if not cache.add(f"{key}.count", 1, timeout=None):
            cache.incr(f"{key}.count")
    last_at = timezone.now().isoformat(timespec="seconds")
    cache.set(f"{key}.last", (reason, last_at), timeout=None)


def get_rejections(listeners: Iterable[str]) -> list[Rejections]:
    """Return what was counted for each listener that refused something."""
    found = []
    for listener in listeners:
        count = cache.get(f"{PREFIX}.{listener}.count", 0)
        reason, last_at = cache.get(f"{PREFIX}.{listener}.last", ("", ""))
        if count:
            found.append(
                Rejections(
                    listener=listener,
                    count=count,
                    last_reason=reason,
                    last_at=last_at,
                )
            )
    return found
