"""What a person means by a text that is typed to find envelopes."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from django_docusign_connect.messages.text import as_uuid, clean
from django_docusign_connect.models.envelope import Envelope, EnvelopeQuerySet
from django_docusign_connect.models.lookups import is_email, lower
from django_docusign_connect.models.recipient import Recipient, RecipientQuerySet

#: How many of the newest rows are looked through for a text that no index finds.
SEARCHED = 10_000
#: The most envelopes that are found, as sent by somebody and as sent to somebody.
FOUND = 5_000


def search(envelopes: EnvelopeQuerySet, text: str) -> EnvelopeQuerySet:
    """Narrow envelopes to those that a text means.

    An ID is looked up among all, and so is a whole e-mail address, of a sender or a
    recipient, in any case. Any other text is searched for in the newest rows alone, so
    that it takes no longer as the tables grow.
    """
    text = clean(text).strip()
    if envelope_id := as_uuid(text):
        return envelopes.filter(envelope_id=envelope_id)
    if is_email(text):
        email = lower(text)
        sent = Envelope.objects.filter(sender_email_lower=email)
        got = Recipient.objects.filter(email_lower=email)
    else:
        sent, got = _containing(envelopes, text)
    return envelopes.filter(pk__in=_keys(sent, got))


def _keys(sent: EnvelopeQuerySet, got: RecipientQuerySet) -> Iterable[int]:
    """Return the keys of the envelopes that were found, the newest of too many.

    They are fetched: joined by OR, PostgreSQL would read the whole table, and MariaDB
    would for a UNION.
    """
    senders = sent.order_by("-changed_at").values_list("pk", flat=True)
    recipients = got.order_by("-pk").values_list("envelope__pk", flat=True)
    return {*senders[:FOUND], *recipients[:FOUND]}


def _containing(
    envelopes: EnvelopeQuerySet, text: str
) -> tuple[EnvelopeQuerySet, RecipientQuerySet]:
    """Return those of the newest rows with a text in them."""
    texts = ["subject", "sender_email", "sender_name"]
    # The databases that keep an ID without hyphens search for it without them.
    texts += ["envelope_id"] if text.strip("-") else []
    keys = Recipient.objects.order_by("-pk").values_list("pk", flat=True)
    oldest = keys[2 * SEARCHED - 1 : 2 * SEARCHED].first() or 0
    return (
        envelopes.newest(SEARCHED).filter(_contains(text, texts)),
        Recipient.objects.filter(_contains(text, ["email", "name"]), pk__gte=oldest),
    )


def _contains(text: str, names: list[str]) -> Q:
    found = Q()
    for name in names:
        found |= Q(**{f"{name}__icontains": text})
    return found
