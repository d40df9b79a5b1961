"""Ask DocuSign how an envelope is, and take its answer in as a message."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.utils import timezone
from django.utils.module_loading import import_string

from django_docusign_connect.client.credentials import Access, get_access
from django_docusign_connect.client.failures import (
    AnswerUnreadable,
    ApiFailure,
    AskedLately,
    AskedNow,
    ExtraMissing,
    NotSetUp,
)
from django_docusign_connect.messages.text import clean
from django_docusign_connect.models import ConnectMessage, Envelope, EnvelopeEvent
from django_docusign_connect.processors.intake import take_in

logger = logging.getLogger(__name__)

#: How often DocuSign lets one envelope's state be asked for.
INTERVAL = timedelta(minutes=15)
SOURCE = "api"
ESIGN = "django_docusign_connect.client.esign.EsignApi"
ASKING = "docusign_connect.asking"
#: Seconds beyond the time-out after which it is certain that nobody asks any more.
GRACE = 60


@dataclass(frozen=True, kw_only=True)
class Refreshed:
    """The message that an answer became, or that it repeats."""

    message: ConnectMessage
    is_new: bool

    def count_events(self) -> int:
        """Return how many events the message was the first to tell of."""
        return EnvelopeEvent.objects.brought_by(self.message).count()


def refresh(envelope: Envelope) -> Refreshed:
    """Ask DocuSign for an envelope, and have the answer processed as any message.

    Raises ApiFailure if it was not asked, or its answer is of no use. Not to be called
    in a transaction: signals are sent, and DocuSign may take its time.
    """
    try:
        access = get_access(envelope.account_id)
        if access is None:
            raise NotSetUp
        with _alone(envelope.envelope_id, seconds=access.timeout + GRACE):
            _check_interval(envelope)
            return _refresh(envelope, access)
    except ApiFailure as failure:
        logger.warning(
            "DocuSign's API did not tell of envelope %s: %s%s",
            envelope.envelope_id,
            failure,
            f" ({failure.code})" if failure.code else "",
        )
        raise


def _refresh(envelope: Envelope, access: Access) -> Refreshed:
    api = _get_api(access)
    answer = api.get_envelope(envelope.account_id, str(envelope.envelope_id))
    message = ConnectMessage.of(
        answer.body,
        listener=access.listener,
        source=SOURCE,
        content_type=clean(answer.content_type)[:255],
    )
    is_envelope = message.format == ConnectMessage.Format.AGGREGATE
    if not is_envelope or message.envelope_id != envelope.envelope_id:
        raise AnswerUnreadable
    message.account_id = message.account_id or answer.account_id
    is_new = take_in(message, answer.body, settings=access.settings)
    kept = ConnectMessage.objects.light().get(pk=message.pk)
    return Refreshed(message=kept, is_new=is_new)


def _get_api(access: Access) -> Any:
    """Return the client of the API; it is imported where somebody asks."""
    credentials = access.credentials()
    if not credentials.is_complete:
        raise NotSetUp
    try:
        api = import_string(ESIGN)
    except ImportError as error:
        raise ExtraMissing from error
    limit = access.settings.MAX_BODY_BYTES
    return api(credentials, timeout=access.timeout, limit=limit)


def _check_interval(envelope: Envelope) -> None:
    """Raise AskedLately if DocuSign was asked about the envelope not long ago."""
    asked = ConnectMessage.objects.about(envelope).filter(source=SOURCE)
    times = asked.order_by("-last_received_at").values_list("last_received_at")
    for (last_at,) in times[:1]:
        if last_at + INTERVAL > timezone.now():
            raise AskedLately(again_at=last_at + INTERVAL)


@contextmanager
def _alone(envelope_id: UUID, *, seconds: float) -> Iterator[None]:
    """Let one ask at a time, of all processes that share the project's default cache.

    Two that ask at once all the same do no harm but to DocuSign's patience.
    """
    key = f"{ASKING}.{envelope_id}"
    if not cache.add(key, True, timeout=seconds):
        raise AskedNow
    try:
        yield
    finally:
        cache.delete(key)
