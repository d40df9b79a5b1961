"""What this app announces. Connect a receiver to act on it::

    @receiver(envelope_completed)
    def start_loan(sender, envelope, event, **kwargs): ...

Signals of events are sent after the change is committed, outside any transaction of
this app, to every receiver even if one raises. Each fact is announced once; after a
crash, at least once, and then only to receivers that have not heard it. A receiver
that raises is tried again on the schedule of ``RETRY_DELAYS``, alone. Receivers may
be async. Accept ``**kwargs``, for arguments may be added. Runs are kept by the
receiver's dotted path: connect functions that have a name, each of its own.

Link the envelope to an object of yours with ``Envelope.objects.track``, or save only
what is yours, with ``update_fields``: a whole ``envelope.save()`` may write back what
another worker has changed meanwhile. A transaction that a receiver leaves open is
undone.

Sender: the ``Envelope`` class; ``ConnectMessage`` where no envelope is involved.

Arguments of the signals of events:

* ``event``: has ``name``, as DocuSign spells it, and ``occurred_at`` (UTC).
* ``envelope``: the ``Envelope`` as now stored, or None.
* ``recipient``: the ``Recipient``, or None.
* ``message``: the ``ConnectMessage`` that brought it first.
* ``previous_status``: the envelope's status before that message.
* ``is_late``: something generated later had been applied already.
* ``is_replay``: somebody asked for it to be announced again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.dispatch import Signal

from django_docusign_connect.messages.events import KNOWN_EVENTS

if TYPE_CHECKING:
    from collections.abc import Callable


class ConnectSignal(Signal):
    """A signal whose receivers can be run one by one, each with its own record."""

    def live_receivers(self, sender: type) -> list[tuple[Callable[..., Any], bool]]:
        """Return the receivers for a sender, and whether each one is async."""
        synchronous, asynchronous = self._live_receivers(sender)
        return [
            *((receiver, False) for receiver in synchronous),
            *((receiver, True) for receiver in asynchronous),
        ]


#: Any event, known or not; sent after the event's own signal.
connect_event = ConnectSignal()

#: A message was stored. Sender: ``ConnectMessage``. Arguments: ``message``.
message_received = Signal()

#: A request was refused, and nothing of it kept. Sender: ``ConnectMessage``.
#: Arguments: ``listener``, its slug; ``reason``, for staff and never for the sender.
message_rejected = Signal()

#: A message is done with. Sender: ``ConnectMessage``. Arguments: ``message``.
message_processed = Signal()

#: A message, or a receiver of its events, failed. Sender: ``ConnectMessage``.
#: Arguments: ``message``, with its ``error`` and ``next_attempt_at``.
message_failed = Signal()

envelope_created = ConnectSignal()
envelope_sent = ConnectSignal()
envelope_resent = ConnectSignal()
envelope_delivered = ConnectSignal()
envelope_completed = ConnectSignal()
envelope_declined = ConnectSignal()
envelope_voided = ConnectSignal()
envelope_corrected = ConnectSignal()
envelope_purge = ConnectSignal()
envelope_deleted = ConnectSignal()
envelope_discard = ConnectSignal()
envelope_removed = ConnectSignal()
envelope_reminder_sent = ConnectSignal()
recipient_authenticationfailed = ConnectSignal()
recipient_autoresponded = ConnectSignal()
recipient_declined = ConnectSignal()
recipient_delivered = ConnectSignal()
recipient_completed = ConnectSignal()
recipient_sent = ConnectSignal()
recipient_resent = ConnectSignal()
recipient_reassign = ConnectSignal()
recipient_delegate = ConnectSignal()
recipient_finish_later = ConnectSignal()
template_created = ConnectSignal()
template_modified = ConnectSignal()
template_deleted = ConnectSignal()
click_agreed = ConnectSignal()
click_declined = ConnectSignal()
sms_opt_in = ConnectSignal()
sms_opt_out = ConnectSignal()
workflow_started = ConnectSignal()
workflow_failed = ConnectSignal()
workflow_completed = ConnectSignal()
identity_verification_pending = ConnectSignal()
identity_verification_completed = ConnectSignal()
extension_executed = ConnectSignal()
notary_session_completed = ConnectSignal()
notary_session_terminated = ConnectSignal()
notary_session_signer_locked = ConnectSignal()
notary_session_signer_unlocked = ConnectSignal()
notary_session_signer_terminated = ConnectSignal()
notary_session_authentication_failed = ConnectSignal()
notary_session_paused = ConnectSignal()
notary_session_status_updated = ConnectSignal()
notary_session_notary_assigned = ConnectSignal()
notary_session_notary_removed = ConnectSignal()
agreement_created = ConnectSignal()
agreement_updated = ConnectSignal()
agreement_deleted = ConnectSignal()
agreement_extractions_reviewed = ConnectSignal()
agreement_reviews_complete = ConnectSignal()
agreement_reviews_completed = ConnectSignal()

#: The signal of each known event, by DocuSign's name of it.
EVENT_SIGNALS: dict[str, ConnectSignal] = {
    name: globals()[name.replace("-", "_")] for name in KNOWN_EVENTS
}
