"""Process one message: parse, apply, announce, and nothing else."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from django_docusign_connect.announcing import announce, tell
from django_docusign_connect.conf import ConnectSettings, get_settings
from django_docusign_connect.exceptions import ConnectError, LostClaim
from django_docusign_connect.messages.events import is_envelope_event
from django_docusign_connect.messages.values import ConnectEvent, ParsedMessage
from django_docusign_connect.models import ConnectMessage, EnvelopeEvent
from django_docusign_connect.models.outages import describe
from django_docusign_connect.projection import apply
from django_docusign_connect.signals import message_failed, message_processed

logger = logging.getLogger(__name__)


def process(message: ConnectMessage) -> bool:
    """Process a message that this worker has claimed; return False if it failed.

    A failure is recorded on the message, and when it will be tried again. Idempotent:
    what is applied stays the same, and receivers that succeeded do not run again.
    """
    settings = get_settings()
    try:
        _process(message, settings)
    except LostClaim:
        logger.warning("Another worker took over message %s.", message.pk)
        return True
    except Exception as error:
        _record_failure(message, error, settings=settings)
        tell(message_failed, message=message)
        return False
    tell(message_processed, message=message)
    return True


def _process(message: ConnectMessage, settings: ConnectSettings) -> None:
    if not message.start_attempt(settings.CLAIM_SECONDS):
        raise LostClaim
    if message.attempts > len(settings.RETRY_DELAYS) + 1:
        raise ConnectError(
            f"{message.attempts - 1} workers took the message up and none came back."
        )
    parsed = message.parse()
    if reason := _why_ignored(message, parsed, settings):
        if not message.mark_ignored(reason):
            raise LostClaim
        return
    events, note = _apply(message, parsed)
    hold = partial(message.keep_claim, settings.CLAIM_SECONDS)
    announce(message, events, hold=hold)
    if not message.mark_processed(note):
        raise LostClaim


def _apply(
    message: ConnectMessage, parsed: ParsedMessage
) -> tuple[Sequence[EnvelopeEvent | ConnectEvent], str]:
    """Return the events to announce, and what is to be noted on the message."""
    envelope_id = parsed.header.envelope_id
    if envelope_id is None:
        name = parsed.header.event
        is_odd = is_envelope_event(name)
        return parsed.events, "It names no envelope by a GUID." if is_odd else ""
    applied = apply(message, parsed, envelope_id)
    # Not all that it says: of what is known, another message was the first to tell.
    events = applied.events if message.is_replay else applied.first
    return events, "\n".join(applied.notes)


def _why_ignored(
    message: ConnectMessage, parsed: ParsedMessage, settings: ConnectSettings
) -> str:
    """Say why the message's listener does not accept its account; empty if it does.

    Raises ConnectError if the listener is no more, or not known to this process yet.
    """
    try:
        listener = settings.for_listener(message.listener)
    except KeyError as error:
        raise ConnectError(
            f"Its listener {message.listener!r} is not in LISTENERS, so that nothing "
            "tells which accounts are accepted."
        ) from error
    # Of the API's answer the account is known that was asked, be it in there or not.
    account_id = parsed.header.account_id or message.account_id
    if listener.accepts(account_id):
        return ""
    if not account_id:
        return (
            "It names no account, and the listener has ACCOUNT_IDS. XML names one only "
            'if "Include Sender Account as Custom Field" is on.'
        )
    return f"Its account {account_id!r} is not in the listener's ACCOUNT_IDS."


def _record_failure(
    message: ConnectMessage, error: Exception, *, settings: ConnectSettings
) -> None:
    delays = settings.RETRY_DELAYS[message.attempts - 1 :]
    retry_at = timezone.now() + timedelta(seconds=delays[0]) if delays else None
    logger.warning(
        "Message %s failed with %s at attempt %s; %s.",
        message.pk,
        type(error).__name__,
        message.attempts,
        f"next at {retry_at:%Y-%m-%d %H:%M:%S} UTC" if retry_at else "abandoned",
    )
    try:
        message.mark_failed(
            error=f"{type(error).__name__}: {error}",
            traceback=traceback.format_exc(),
            retry_at=retry_at,
        )
    except (DatabaseError, InterfaceError) as away:
        # Its claim ends, and it is due again: nothing is lost by not recording this.
        what = describe(away)
        logger.error("The failure of message %s is not recorded: %s.", message.pk, what)
