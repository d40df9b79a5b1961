"""What live pages are told of an envelope, in the language and the zone of the reader.

Keys are fields of the models; a key and ``_label`` has the same in words. Recipients
are named, but no e-mail address is told.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime

from django_docusign_connect.live.words import event_words, status_words
from django_docusign_connect.models import Envelope, EnvelopeEvent

Told = dict[str, Any]
#: Events that a timeline shows, the latest; a retry of DocuSign's is no event.
MOST_EVENTS = 100


def describe_status(envelope: Envelope) -> Told:
    """Tell the status of an envelope, and since when it has it."""
    return {
        "envelope_id": str(envelope.envelope_id),
        "status": envelope.status,
        "status_label": str(status_words(envelope.status)),
        "is_final": envelope.is_final,
        **_time("status_changed_at", envelope.status_changed_at),
    }


def describe_timeline(envelope: Envelope) -> Told:
    """Tell what happened last, the latest first, and whether there was more."""
    found = list(envelope.events.latest_first()[: MOST_EVENTS + 1])
    return {
        "events": [_event(event) for event in found[:MOST_EVENTS]],
        "has_earlier_events": len(found) > MOST_EVENTS,
    }


def describe_envelope(envelope: Envelope) -> Told:
    """Tell the status and the timeline of an envelope."""
    return {**describe_status(envelope), **describe_timeline(envelope)}


def _event(event: EnvelopeEvent) -> Told:
    return {
        "id": event.pk,
        "name": event.name,
        "name_label": str(event_words(event)),
        **_time("occurred_at", event.occurred_at),
        "is_late": event.is_late,
        "is_inferred": event.is_inferred,
    }


def _time(name: str, time: datetime | None) -> Told:
    if time is None:
        return {name: None, f"{name}_label": ""}
    in_utc = time.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
    words = date_format(localtime(time), "DATETIME_FORMAT")
    return {name: in_utc, f"{name}_label": words}
