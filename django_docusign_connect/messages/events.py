"""The names of Connect's events, and what each one says of its envelope.

Sources: DocuSign's ``connectCustomConfiguration.events`` (REST API 2.1), its support
guide to Connect, and the events its connector for Microsoft's flows offers.
"""

from __future__ import annotations

KNOWN_EVENTS = (
    "envelope-created",
    "envelope-sent",
    "envelope-resent",
    "envelope-delivered",
    "envelope-completed",
    "envelope-declined",
    "envelope-voided",
    "envelope-corrected",
    "envelope-purge",
    "envelope-deleted",
    "envelope-discard",
    "envelope-removed",
    "envelope-reminder-sent",
    "recipient-authenticationfailed",
    "recipient-autoresponded",
    "recipient-declined",
    "recipient-delivered",
    "recipient-completed",
    "recipient-sent",
    "recipient-resent",
    "recipient-reassign",
    "recipient-delegate",
    "recipient-finish-later",
    "template-created",
    "template-modified",
    "template-deleted",
    "click-agreed",
    "click-declined",
    "sms-opt-in",
    "sms-opt-out",
    "workflow-started",
    "workflow-failed",
    "workflow-completed",
    "identity-verification-pending",
    "identity-verification-completed",
    "extension-executed",
    "notary-session-completed",
    "notary-session-terminated",
    "notary-session-signer-locked",
    "notary-session-signer-unlocked",
    "notary-session-signer-terminated",
    "notary-session-authentication-failed",
    "notary-session-paused",
    "notary-session-status-updated",
    "notary-session-notary-assigned",
    "notary-session-notary-removed",
    "agreement-created",
    "agreement-updated",
    "agreement-deleted",
    "agreement-extractions-reviewed",
    "agreement-reviews-complete",
    "agreement-reviews-completed",
)

#: What can happen only once: one fact for each envelope, name and recipient.
ONCE_EVENTS = frozenset(
    {
        "envelope-created",
        "envelope-completed",
        "envelope-declined",
        "envelope-voided",
        "envelope-deleted",
        "recipient-completed",
        "recipient-declined",
    }
)

#: The field that holds an event's moment.
DATE_FIELDS = {
    "envelope-created": "created_at",
    "envelope-sent": "sent_at",
    "envelope-delivered": "delivered_at",
    "envelope-completed": "completed_at",
    "envelope-declined": "declined_at",
    "envelope-voided": "voided_at",
    "envelope-deleted": "deleted_at",
    "recipient-sent": "sent_at",
    "recipient-delivered": "delivered_at",
    "recipient-completed": "signed_at",
    "recipient-declined": "declined_at",
}

#: The status that an event alone tells of its envelope or recipient.
STATUSES = {
    "envelope-created": "created",
    "envelope-sent": "sent",
    "envelope-delivered": "delivered",
    "envelope-completed": "completed",
    "envelope-declined": "declined",
    "envelope-voided": "voided",
    "envelope-deleted": "deleted",
    "recipient-sent": "sent",
    "recipient-delivered": "delivered",
    "recipient-completed": "completed",
    "recipient-declined": "declined",
    "recipient-autoresponded": "autoresponded",
}

ENVELOPE_SNAPSHOT_EVENTS = tuple(
    name for name in STATUSES if name.startswith("envelope-")
)
RECIPIENT_SNAPSHOT_EVENTS = tuple(
    name for name in STATUSES if name.startswith("recipient-")
)


def is_recipient_event(name: str) -> bool:
    return name.startswith("recipient-")


def is_envelope_event(name: str) -> bool:
    """Whether an event is one of an envelope, or of a recipient of one."""
    return name.startswith(("envelope-", "recipient-"))
