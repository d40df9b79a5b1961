"""DocuSign's names of statuses and events, in words for people."""

from __future__ import annotations

from django import template

from django_docusign_connect.models import EnvelopeEvent, Recipient

register = template.Library()

SIGNING_TYPES = ("signer", "inPersonSigner", "")

ENVELOPE_STATUSES = {
    "": "Awaited",
    "created": "Draft",
    "sent": "Sent",
    "delivered": "Opened",
    "completed": "Completed",
    "declined": "Declined",
    "voided": "Voided",
    "correct": "In correction",
}
RECIPIENT_STATUSES = {
    "": "Unknown",
    "created": "Not yet",
    "sent": "Sent",
    "delivered": "Opened",
    "signed": "Signed",
    "declined": "Declined",
    "autoresponded": "Came back",
}
ENVELOPE_EVENTS = {
    "envelope-created": "Envelope drafted",
    "envelope-sent": "Envelope sent",
    "envelope-resent": "Envelope sent again",
    "envelope-delivered": "Envelope opened by all who have it",
    "envelope-completed": "Envelope completed",
    "envelope-declined": "Envelope declined",
    "envelope-voided": "Envelope voided",
    "envelope-corrected": "Envelope corrected by the sender",
}
RECIPIENT_EVENTS = {
    "recipient-sent": "was sent a copy",
    "recipient-resent": "was sent it again",
    "recipient-delivered": "opened it",
    "recipient-completed": "is done",
    "recipient-declined": "declined",
    "recipient-authenticationfailed": "failed to prove who they are",
    "recipient-autoresponded": "could not be reached",
    "recipient-delegate": "delegated it",
    "recipient-reassign": "gave it to somebody else",
    "recipient-finish-later": "will finish later",
}
SIGNER_EVENTS = RECIPIENT_EVENTS | {
    "recipient-sent": "was asked to sign",
    "recipient-resent": "was asked again",
    "recipient-completed": "signed",
    "recipient-declined": "declined to sign",
}


@register.filter
def envelope_status(status: str) -> str:
    return ENVELOPE_STATUSES.get(status, status.capitalize())


@register.filter
def recipient_status(recipient: Recipient) -> str:
    if recipient.status == "completed":
        return "Signed" if signs(recipient) else "Done"
    return RECIPIENT_STATUSES.get(recipient.status, recipient.status.capitalize())


@register.filter
def event_words(event: EnvelopeEvent) -> str:
    """Return what happened, with the name of the recipient who did it."""
    plain = event.name.replace("-", " ")
    if event.recipient is None:
        return ENVELOPE_EVENTS.get(event.name, plain.capitalize())
    words = SIGNER_EVENTS if signs(event.recipient) else RECIPIENT_EVENTS
    return f"{public_name(event.recipient)} {words.get(event.name, plain)}"


@register.filter
def public_name(recipient: Recipient) -> str:
    """Return a recipient's name, and never the e-mail address."""
    return recipient.name or f"Recipient {recipient.recipient_id}".strip()


@register.filter
def done_count(recipients: list[Recipient]) -> int:
    return sum(recipient.status in ("completed", "signed") for recipient in recipients)


def signs(recipient: Recipient) -> bool:
    return recipient.type in SIGNING_TYPES
