"""The words that the pages need beside those of ``django_docusign_connect``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from django_docusign_connect.live.words import SIGNING_TYPES, status_words
from django_docusign_connect.models import Recipient

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

register = template.Library()

RECIPIENT_STATUSES = {"": "Unknown", "created": "Not yet", "autoresponded": "Came back"}


@register.filter
def recipient_status(recipient: Recipient) -> StrOrPromise:
    if recipient.status == "completed":
        return "Signed" if recipient.type in SIGNING_TYPES else "Done"
    known = RECIPIENT_STATUSES.get(recipient.status)
    return known or status_words(recipient.status)


@register.filter
def done_count(recipients: list[Recipient]) -> int:
    return sum(recipient.status in ("completed", "signed") for recipient in recipients)
