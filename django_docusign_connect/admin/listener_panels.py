"""What the dashboard shows of listeners: silence, the keys in use, what was refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode

from django_docusign_connect.admin.choice import Choice, number_text
from django_docusign_connect.admin.refusals import in_words
from django_docusign_connect.admin.times import ago
from django_docusign_connect.authentication.rejections import Rejections, get_rejections
from django_docusign_connect.authentication.signatures import fingerprint
from django_docusign_connect.conf import ConnectSettings, get_settings
from django_docusign_connect.models.health import ListenerHealth
from django_docusign_connect.models.last_seen import Trait, last_received_at

#: How many listeners are told of; any other can be chosen.
MOST_LISTENERS = 30
MOST_KEYS = 60


@dataclass(frozen=True, kw_only=True)
class Key:
    """A key by its fingerprint, and when it last signed a message."""

    name: str
    last_matched_at: datetime | None
    url: str

    @property
    def ago(self) -> str:
        return ago(self.last_matched_at) if self.last_matched_at else ""


@dataclass(frozen=True, kw_only=True)
class Told:
    """A listener, its keys, and what it refused."""

    health: ListenerHealth
    url: str
    keys: Sequence[Key]
    rejections: Rejections | None

    @property
    def last_message_ago(self) -> str:
        last = self.health.last_message_at
        return ago(last) if last else ""

    @property
    def last_rejected_at(self) -> datetime | None:
        last = self.rejections.last_at if self.rejections else ""
        return parse_datetime(last)

    @property
    def reasons(self) -> list[tuple[str, str]]:
        found = self.rejections.reasons if self.rejections else {}
        return [(in_words(one), number_text(number)) for one, number in found.items()]


def describe(choice: Choice, messages_url: str) -> dict[str, Any]:
    """Return what the template shows of listeners."""
    known = get_settings().listeners()
    chosen = [slug for slug in known if choice.listener in ("", slug)]
    shown = {slug: known[slug] for slug in chosen[:MOST_LISTENERS]}
    prints = {slug: _fingerprints(own) for slug, own in shown.items()}
    keys = dict.fromkeys(name for found in prints.values() for name in found)
    traits = [Trait("listener", slug) for slug in shown]
    traits += [Trait("key_fingerprint", name) for name in list(keys)[:MOST_KEYS]]
    times = last_received_at(traits)
    refused = {one.listener: one for one in get_rejections(shown)}
    return {
        "listener_slugs": list(known),
        "has_more_listeners": len(chosen) > len(shown),
        "listeners": [
            Told(
                health=_health(slug, own, times),
                url=_url(messages_url, "listener", slug),
                keys=[
                    Key(
                        name=name,
                        last_matched_at=times.get(Trait("key_fingerprint", name)),
                        url=_url(messages_url, "key_fingerprint", name),
                    )
                    for name in prints[slug]
                ],
                rejections=refused.get(slug),
            )
            for slug, own in shown.items()
        ],
    }


def _fingerprints(settings: ConnectSettings) -> list[str]:
    return [fingerprint(key) for key in settings.hmac_keys][:MOST_KEYS]


def _health(
    slug: str, settings: ConnectSettings, times: Mapping[Trait, datetime]
) -> ListenerHealth:
    return ListenerHealth.told(
        slug,
        last_message_at=times.get(Trait("listener", slug)),
        silence_after=settings.SILENCE_AFTER,
    )


def _url(messages_url: str, field: str, value: str) -> str:
    return f"{messages_url}?{urlencode({field: value})}"
