"""What is kept: messages as they came, and the envelopes that they tell of."""

from __future__ import annotations

from django_docusign_connect.models.counted_day import CountedDay, MessageTally
from django_docusign_connect.models.custom_field import CustomFieldEntry
from django_docusign_connect.models.dashboard import Dashboard
from django_docusign_connect.models.document import EnvelopeDocument
from django_docusign_connect.models.envelope import Envelope
from django_docusign_connect.models.envelope_tally import EnvelopeTally
from django_docusign_connect.models.event import EnvelopeEvent
from django_docusign_connect.models.file_chunk import FileChunk
from django_docusign_connect.models.list_columns import ListColumns
from django_docusign_connect.models.message import ConnectMessage
from django_docusign_connect.models.receiver_run import ReceiverRun
from django_docusign_connect.models.recipient import Recipient

__all__ = [
    "ConnectMessage",
    "CountedDay",
    "CustomFieldEntry",
    "Dashboard",
    "Envelope",
    "EnvelopeDocument",
    "EnvelopeEvent",
    "EnvelopeTally",
    "FileChunk",
    "ListColumns",
    "MessageTally",
    "ReceiverRun",
    "Recipient",
]
