"""What ``docusign_status`` tells, gathered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django_docusign_connect.authentication.rejections import Rejections, get_rejections
from django_docusign_connect.authentication.signatures import fingerprint
from django_docusign_connect.conf import get_settings
from django_docusign_connect.models import ConnectMessage


def read_status() -> dict[str, Any]:
    """Return the state of the queue, the listeners, the keys and the refusals."""
    settings = get_settings()
    status = ConnectMessage.objects.health(settings).as_dict()
    listeners = settings.listeners()
    rejections = {found.listener: found for found in get_rejections(listeners)}
    for listener in status["listeners"]:
        slug = listener["listener"]
        listener["keys"] = _keys(listeners[slug].hmac_keys)
        listener.update(_rejected(rejections.get(slug)))
    return status


def _keys(keys: tuple[str, ...]) -> list[dict[str, str | None]]:
    prints = [fingerprint(key) for key in keys]
    return [
        {
            "key": name,
            "last_matched_at": _iso(
                ConnectMessage.objects.last_received_at("key_fingerprint", name)
            ),
        }
        for name in prints
    ]


def _rejected(rejections: Rejections | None) -> dict[str, Any]:
    return {
        "rejected": rejections.count if rejections else 0,
        "last_rejected_at": rejections.last_at if rejections else None,
        "last_rejected_why": rejections.last_reason if rejections else None,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
