"""How many requests were refused, and why: counters in Django's cache, no rows.

A forged request must cost no SQL and leave nothing of itself. The counters are
shared by all processes where the project's default cache is.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core.cache import cache
from django.utils import timezone

PREFIX = "docusign_connect.rejections"
#: How many reasons are told of. They are the authentication's own, and there are few.
MOST_REASONS = 50


@dataclass(frozen=True, kw_only=True)
class Rejections:
    """The refusals of one listener: how many, and the last one."""

    listener: str
    count: int
    last_reason: str
    last_at: str
    #: How many there were for each reason, the most frequent first.
    reasons: Mapping[str, int]


def count_rejection(listener: str, reason: str, **kwargs: object) -> None:
    """Count one refusal of a listener's, for ever; a receiver of message_rejected."""
    key = f"{PREFIX}.{listener}"
    _count(f"{key}.count")
    if _count(_reason_key(key, reason)) == 1:
        place = _count(f"{key}.reasons")
        cache.set(f"{key}.reason.{place}", reason, timeout=None)
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
                    reasons=_reasons(f"{PREFIX}.{listener}"),
                )
            )
    return found


def _count(key: str) -> int:
    """Count one more, and return how many there are."""
    try:
        return cache.incr(key)
    except ValueError:
        # The first one, or the second one at the same moment.
        return 1 if cache.add(key, 1, timeout=None) else cache.incr(key)


def _reasons(key: str) -> dict[str, int]:
    places = range(1, 1 + min(cache.get(f"{key}.reasons", 0), MOST_REASONS))
    reasons = cache.get_many([f"{key}.reason.{place}" for place in places]).values()
    keys = {_reason_key(key, reason): reason for reason in reasons}
    counts = Counter(
        {keys[one]: number for one, number in cache.get_many(keys).items()}
    )
    return dict(counts.most_common())


def _reason_key(key: str, reason: str) -> str:
    """Return a key that a reason has alone, of characters that all caches take."""
    return f"{key}.{hashlib.sha256(reason.encode()).hexdigest()[:16]}"
