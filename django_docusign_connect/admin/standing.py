"""Where an envelope stands: who is done, who declined, and who is to act next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString

from django_docusign_connect.admin.direction import isolate
from django_docusign_connect.models import Envelope, Recipient

DONE = ("completed", "signed")
ASKED = ("sent", "delivered")
#: How many of those who are to act are named.
NAMED = 10


@dataclass(frozen=True, kw_only=True)
class Standing:
    """An envelope's recipients, by what they have done."""

    envelope: Envelope
    recipients: Sequence[Recipient]

    @property
    def sender(self) -> SafeString | str:
        return isolate(self.envelope.sender_name or self.envelope.sender_email)

    @property
    def sent_at(self) -> datetime | None:
        """Return when it was first sent; DocuSign's ``sentDateTime`` moves later on."""
        return self.envelope.initial_sent_at or self.envelope.sent_at

    @property
    def done(self) -> int:
        return sum(one.status in DONE for one in self.recipients)

    @property
    def declined(self) -> list[Recipient]:
        found = [one for one in self.recipients if one.status == "declined"]
        return found[:NAMED]

    @property
    def bounced(self) -> list[Recipient]:
        found = [one for one in self.recipients if one.status == "autoresponded"]
        return found[:NAMED]

    @property
    def _asked(self) -> list[Recipient]:
        """Return who is to act; nobody is once the envelope is final."""
        if self.envelope.is_final:
            return []
        return [one for one in self.recipients if one.status in ASKED]

    @property
    def next(self) -> list[Recipient]:
        return self._asked[:NAMED]

    @property
    def not_named(self) -> int:
        """Return how many more are to act than are named."""
        return len(self._asked) - len(self.next)
