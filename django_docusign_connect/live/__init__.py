"""Envelopes on pages of the project, kept as they are by streams or by polling."""

from __future__ import annotations

from django_docusign_connect.live.answers import live_response
from django_docusign_connect.live.stream import Describe, GetEnvelope
from django_docusign_connect.live.told import (
    describe_envelope,
    describe_status,
    describe_timeline,
)

__all__ = [
    "Describe",
    "GetEnvelope",
    "describe_envelope",
    "describe_status",
    "describe_timeline",
    "live_response",
]
