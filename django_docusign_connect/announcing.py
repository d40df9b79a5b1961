"""Send the signals to their receivers, and record each run for an event."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import (
    IntegrityError,
    InterfaceError,
    OperationalError,
    connection,
    connections,
)
from django.dispatch import Signal

from django_docusign_connect.announcements import Announcement, Key
from django_docusign_connect.conf import get_settings
from django_docusign_connect.exceptions import LostClaim, ReceiversFailed
from django_docusign_connect.messages.values import ConnectEvent
from django_docusign_connect.models import ConnectMessage, EnvelopeEvent, ReceiverRun

logger = logging.getLogger(__name__)

DATABASE_AWAY_SECONDS = 0.2


def announce(
    message: ConnectMessage,
    events: Iterable[EnvelopeEvent | ConnectEvent],
    *,
    hold: Callable[[], bool],
) -> None:
    """Run the receivers that have not yet heard of a message's events.

    ``hold`` renews the worker's claim before each receiver; once it is lost, no
    further one is started and LostClaim is raised. All receivers run before
    ReceiversFailed is raised. Idempotent: who has succeeded is not run again.
    """
    runs = {(run.event_id, run.signal, run.receiver): run for run in _runs(message)}
    connected: set[Key] = set()
    failed = []
    for event in events:
        announcement = Announcement(message=message, event=event)
        for key, receiver in announcement.receivers():
            connected.add(key)
            run = runs.get(key) or _new_run(message, key)
            if run.status == ReceiverRun.Status.SUCCEEDED:
                continue
            if not hold():
                raise LostClaim
            if not _run(receiver, run, announcement=announcement):
                failed.append(run.receiver)
    if gone := [run for key, run in runs.items() if key not in connected]:
        ReceiverRun.objects.mark_gone(gone)
    if failed:
        names = ", ".join(sorted(set(failed)))
        raise ReceiversFailed(f"{len(failed)} receiver(s) failed: {names}")


def announce_again(
    event: EnvelopeEvent, *, message: ConnectMessage, chosen: Container[tuple[str, str]]
) -> list[ReceiverRun]:
    """Run receivers of one event that somebody chose, and return their runs.

    ``chosen`` are names of a signal and of a receiver of it. What fails is recorded and
    not tried again. The runs are of no round of the message's, which goes on as if
    nothing had happened.
    """
    announcement = Announcement(message=message, event=event, is_again=True)
    runs = []
    for key, receiver in announcement.receivers():
        if key[1:] in chosen:
            run = _new_run(message, key)
            run.replay = None
            _run(receiver, run, announcement=announcement)
            runs.append(run)
    return runs


def tell(signal: Signal, **arguments: Any) -> None:
    """Send a signal of the app's own life; Django logs the errors of its receivers."""
    if signal.receivers:
        with _guests():
            signal.send_robust(ConnectMessage, **arguments)


@contextmanager
def _guests() -> Iterator[None]:
    """Undo the transactions that receivers leave open, on whatever connection.

    What is written next would else be lost with them.
    """
    before = _open_transactions()
    try:
        yield
    finally:
        for alias in _open_transactions() - before:
            connections[alias].close()
            connections[alias].connect()


def _open_transactions() -> set[str]:
    """Return the aliases of the connections that do not commit what is written next."""
    return {
        one.alias
        for one in connections.all(initialized_only=True)
        if one.in_atomic_block or (one.connection is not None and not one.autocommit)
    }


def _run(
    receiver: Callable[..., Any], run: ReceiverRun, *, announcement: Announcement
) -> bool:
    """Run one receiver, and return whether it succeeded; its error is recorded.

    What ends the process (SystemExit, KeyboardInterrupt) is recorded and goes on.
    """
    started = time.monotonic()
    error: BaseException | None = None
    try:
        with _guests():
            receiver(sender=announcement.sender, **announcement.arguments)
    except BaseException as raised:
        error = raised
    duration = time.monotonic() - started
    if error is None:
        _record(run, duration=duration)
        return True
    _record_failure(run, error, duration=duration)
    if isinstance(error, (SystemExit, KeyboardInterrupt)):
        raise error
    return False


def _record_failure(run: ReceiverRun, error: BaseException, *, duration: float) -> None:
    logger.warning(
        "Receiver %s failed for message %s with %s.",
        run.receiver,
        run.message_id,
        type(error).__name__,
    )
    _record(
        run,
        duration=duration,
        error=f"{type(error).__name__}: {error}",
        traceback="".join(traceback.format_exception(error)),
    )


def _record(run: ReceiverRun, **outcome: Any) -> None:
    """Record a run; a database that is away is waited for, as long as a claim lasts.

    A receiver that ran would run again if that were not written down.
    """
    try:
        run.record(**outcome)
    except IntegrityError:
        logger.info("%s ran for an event that is one with another by now.", run)
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block:
            raise
        deadline = time.monotonic() + get_settings().CLAIM_SECONDS
        while not _save_again(run, is_last_try=time.monotonic() > deadline):
            time.sleep(DATABASE_AWAY_SECONDS)


def _save_again(run: ReceiverRun, *, is_last_try: bool) -> bool:
    """Save a run through a new connection; return False if that fails, too."""
    connection.close()
    try:
        run.save()
    except IntegrityError:
        logger.info("%s had been saved after all.", run)
    except (OperationalError, InterfaceError):
        if is_last_try:
            raise
        return False
    return True


def _runs(message: ConnectMessage) -> Iterable[ReceiverRun]:
    """Return the runs of earlier tries, which a message claimed once has none of."""
    return ReceiverRun.objects.of(message) if message.claims > 1 else ()


def _new_run(message: ConnectMessage, key: Key) -> ReceiverRun:
    event_id, signal, receiver = key
    return ReceiverRun(
        message=message,
        event_id=event_id,
        replay=message.replays,
        signal=signal,
        receiver=receiver,
    )
