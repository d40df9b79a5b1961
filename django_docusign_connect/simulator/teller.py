"""Tells what happens to one envelope, verb by verb, as Connect would.

What a recipient does comes before what follows from it for the envelope: the dates
in real messages are in that order, and DocuSign generates recipient-completed before
envelope-completed.
"""

from __future__ import annotations

import math
import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from .draft import draft_certificate
from .story import Envelope, Moment

#: Minutes that pass before a person does something: the least and the most.
SOON, LATER, DAYS_LATER = (0.5, 20.0), (5.0, 3 * 24 * 60.0), (24 * 60.0, 9 * 24 * 60.0)


class Teller:
    """Keeps an envelope's state and the moments told so far."""

    def __init__(self, envelope: Envelope, chance: random.Random) -> None:
        self.envelope = envelope
        self.chance = chance
        self.now: datetime = envelope.created_at
        self.moments: list[Moment] = []

    def create(self) -> None:
        self._tell("envelope-created")

    def send(self, *recipient_ids: str) -> None:
        """Send the envelope to the recipients of a routing step."""
        self._wait(SOON)
        for recipient_id in recipient_ids:
            self._set(recipient_id, status="sent", sent_at=self.now)
            self._tell("recipient-sent", recipient_id)
        self._become("sent", sent_at=self.now)
        self._tell("envelope-sent")

    def open(self, recipient_id: str) -> None:
        """Let a recipient view it: once all who were sent it have, it is delivered."""
        self._wait(LATER)
        self._set(recipient_id, status="delivered", delivered_at=self.now)
        self._tell("recipient-delivered", recipient_id)
        if all(r.status != "sent" for r in self.envelope.recipients):
            self._become("delivered", delivered_at=self.now)
            self._tell("envelope-delivered")

    def sign(self, recipient_id: str) -> None:
        self._wait(SOON)
        self._set(recipient_id, status="completed", signed_at=self.now)
        self._tell("recipient-completed", recipient_id)

    def copy(self, recipient_id: str) -> None:
        """Let a carbon copy arrive: it is neither delivered nor signed, but done."""
        self._set(recipient_id, status="completed")
        self._tell("recipient-completed", recipient_id)

    def complete(self) -> None:
        documents = self.envelope.documents
        if documents:
            documents += (draft_certificate(self.chance, self.envelope),)
        self._become("completed", completed_at=self.now, documents=documents)
        self._tell("envelope-completed")

    def decline(self, recipient_id: str, *, reason: str) -> None:
        self._wait(SOON)
        self._set(
            recipient_id,
            status="declined",
            declined_at=self.now,
            declined_reason=reason,
        )
        self._tell("recipient-declined", recipient_id)
        self._become("declined", declined_at=self.now)
        self._tell("envelope-declined")

    def void(self, *, reason: str) -> None:
        self._wait(SOON)
        self._become("voided", voided_at=self.now, voided_reason=reason)
        self._tell("envelope-voided")

    def expire(self) -> None:
        """Let nobody act until the envelope expires, which voids it."""
        self.now = self.envelope.expires_at or self.now
        self.void(reason="Envelope has expired.")

    def correct(self, recipient_id: str, *, email: str) -> None:
        """Let the sender open the sent envelope and mend a recipient's address."""
        self._wait(SOON)
        person = self.envelope.recipient(recipient_id).person
        self._set(recipient_id, person=replace(person, email=email))
        self._become("correct")
        self._tell("envelope-corrected")

    def resend(self, recipient_id: str) -> None:
        self._wait(SOON)
        self._set(recipient_id, status="sent", sent_at=self.now)
        self._become("sent", sent_at=self.now)
        self._tell("recipient-resent", recipient_id)
        self._tell("envelope-resent")

    def fail_authentication(self, recipient_id: str) -> None:
        """Let a recipient fail every attempt; that changes no status."""
        self._wait(LATER)
        self._set(recipient_id, authentication_failed_at=self.now)
        self._tell("recipient-authenticationfailed", recipient_id)

    def idle(self) -> None:
        """Let days go by in which nobody acts."""
        self._wait(DAYS_LATER)

    def _wait(self, minutes: tuple[float, float]) -> None:
        """Let time pass: the longer, the less likely."""
        least, most = map(math.log, minutes)
        passed = math.exp(self.chance.uniform(least, most))
        self._pass(milliseconds=round(passed * 60_000))

    def _pass(self, *, milliseconds: int) -> None:
        self.now += timedelta(milliseconds=milliseconds)

    def _set(self, recipient_id: str, **changes: Any) -> None:
        """Change one recipient."""
        recipients = tuple(
            replace(r, **changes) if r.recipient_id == recipient_id else r
            for r in self.envelope.recipients
        )
        self.envelope = replace(
            self.envelope, recipients=recipients, last_modified_at=self.now
        )

    def _become(self, status: str, **changes: Any) -> None:
        """Change the envelope's status, and with it what else is given."""
        if status == "sent":
            changes["initial_sent_at"] = self.envelope.initial_sent_at or self.now
        self.envelope = replace(
            self.envelope,
            status=status,
            status_changed_at=self.now,
            last_modified_at=self.now,
            **changes,
        )

    def _tell(self, event: str, recipient_id: str = "") -> None:
        """Record a moment, generated shortly after what it tells of."""
        self._pass(milliseconds=self.chance.randrange(20, 180))
        microseconds = self.chance.randrange(1000)
        moment = Moment(
            event=event,
            generated_at=self.now + timedelta(microseconds=microseconds),
            envelope=self.envelope,
            recipient_id=recipient_id,
        )
        self.moments.append(moment)
