"""Statuses as words in a frame; the frame's colour adds nothing to the word."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

#: DocuSign's statuses of envelopes and recipients. What it calls delivered has been
#: opened by all of them, or by the one.
LABELS = {
    "created": _("Created"),
    "correct": _("Being corrected"),
    "sent": _("Sent"),
    "resent": _("Resent"),
    "faxpending": _("Fax pending"),
    "autoresponded": _("Auto-responded"),
    "delivered": _("Delivered (opened)"),
    "signed": _("Signed"),
    "completed": _("Completed"),
    "declined": _("Declined"),
    "voided": _("Voided"),
    "deleted": _("Deleted"),
}

TONES = {
    **dict.fromkeys(["completed", "signed", "processed", "succeeded"], "good"),
    **dict.fromkeys(["sent", "resent", "delivered", "pending"], "waiting"),
    **dict.fromkeys(["declined", "failed", "abandoned", "autoresponded"], "bad"),
}


def badge(status: str, label: str = "") -> SafeString | str:
    """Return a status as it is shown; one that is not known, as DocuSign wrote it."""
    if not status:
        return "-"
    return format_html(
        '<span class="docusign-badge docusign-badge-{}">{}</span>',
        TONES.get(status, "quiet"),
        label or LABELS.get(status, status),
    )
