"""What DocuSign calls statuses and events, in words for the people of a project.

``delivered`` is *opened* here: it is when a recipient has opened the envelope, and not
when the e-mail was delivered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from django_docusign_connect.models import EnvelopeEvent, Recipient

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SIGNING_TYPES = ("", Recipient.Type.SIGNER, Recipient.Type.IN_PERSON_SIGNER)

STATUSES = {
    "": _("Awaited"),
    "created": _("Draft"),
    "correct": _("Being corrected"),
    "sent": _("Sent"),
    "delivered": _("Opened"),
    "signed": _("Signed"),
    "completed": _("Completed"),
    "declined": _("Declined"),
    "voided": _("Voided"),
    "deleted": _("Deleted"),
}
ENVELOPE_EVENTS = {
    "envelope-created": _("Envelope drafted"),
    "envelope-sent": _("Envelope sent"),
    "envelope-resent": _("Envelope sent again"),
    "envelope-delivered": _("Envelope opened by all who have it"),
    "envelope-completed": _("Envelope completed"),
    "envelope-declined": _("Envelope declined"),
    "envelope-voided": _("Envelope voided"),
    "envelope-corrected": _("Envelope corrected by the sender"),
    "envelope-deleted": _("Envelope deleted"),
    "envelope-purge": _("Documents removed from DocuSign"),
}
RECIPIENT_EVENTS = {
    "recipient-sent": _("{name} was sent a copy"),
    "recipient-resent": _("{name} was sent it again"),
    "recipient-delivered": _("{name} opened it"),
    "recipient-completed": _("{name} is done"),
    "recipient-declined": _("{name} declined"),
    "recipient-authenticationfailed": _("{name} could not prove who they are"),
    "recipient-autoresponded": _("{name} could not be reached by e-mail"),
    "recipient-delegate": _("{name} delegated it"),
    "recipient-reassign": _("{name} gave it to somebody else"),
    "recipient-finish-later": _("{name} will finish later"),
}
SIGNER_EVENTS = RECIPIENT_EVENTS | {
    "recipient-sent": _("{name} was asked to sign"),
    "recipient-resent": _("{name} was asked to sign again"),
    "recipient-completed": _("{name} signed"),
    "recipient-declined": _("{name} declined to sign"),
}


def status_words(status: str) -> StrOrPromise:
    """Return a status in words; one that is not known, as DocuSign wrote it."""
    return STATUSES.get(status, status.capitalize())


def event_words(event: EnvelopeEvent) -> StrOrPromise:
    """Return what happened, with the name of the recipient who did it."""
    plain = event.name.replace("-", " ")
    if event.recipient is None:
        return ENVELOPE_EVENTS.get(event.name, plain.capitalize())
    signs = event.recipient.type in SIGNING_TYPES
    words = (SIGNER_EVENTS if signs else RECIPIENT_EVENTS).get(event.name)
    name = recipient_words(event.recipient)
    if words is None:
        return f"{name}: {plain}"
    return format_lazy(words, name=name)


def recipient_words(recipient: Recipient) -> StrOrPromise:
    """Return a recipient's name, and never the e-mail address."""
    if recipient.name:
        return recipient.name
    return format_lazy(_("Recipient {number}"), number=recipient.recipient_id or "?")
