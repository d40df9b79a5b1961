"""Send the signals to their receivers, and record each run for an event."""

from __future__ import annotations

import logging
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from asgiref.sync import async_to_sync
from django.db import (
    IntegrityError,
    InterfaceError,
    OperationalError,
    connection,
    connections,
)
from django.dispatch import Signal

from django_docusign_connect.conf import get_settings
from django_docusign_connect.exceptions import LostClaim, ReceiversFailed
from django_docusign_connect.messages.events import is_envelope_event
from django_docusign_connect.messages.values import ConnectEvent
from django_docusign_connect.models import (
    ConnectMessage,
    Envelope,
    EnvelopeEvent,
    ReceiverRun,
)
from django_docusign_connect.signals import EVENT_SIGNALS, connect_event

logger = logging.getLogger(__name__)

RECEIVER_LENGTH = 255
DATABASE_AWAY_SECONDS = 0.2
Key = tuple[int | None, str, str]


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """What is to be told of one event: the signals, their sender and arguments."""

    message: ConnectMessage
    event: EnvelopeEvent | ConnectEvent

    @property
    def kept_event(self) -> EnvelopeEvent | None:
        return self.event if isinstance(self.event, EnvelopeEvent) else None

    @property
    def sender(self) -> type[Envelope] | type[ConnectMessage]:
        return Envelope if self.kept_event else ConnectMessage

    @property
    def arguments(self) -> dict[str, Any]:
        event = self.kept_event
        return {
            "event": self.event,
            "envelope": event.envelope if event else None,
            "recipient": event.recipient if event else None,
            "message": self.message,
            "previous_status": event.previous_status if event else "",
            "is_late": event.is_late if event else False,
            "is_replay": self.message.is_replay,
        }

    def receivers(self) -> Iterator[tuple[Key, Callable[..., Any]]]:
        """Yield each receiver with the key by which its run is known."""
        event_pk = self.kept_event.pk if self.kept_event else None
        for signal_name, signal in self._signals():
            seen: Counter[str] = Counter()
            for receiver, is_async in signal.live_receivers(self.sender):
                path = _path(receiver)
                seen[path] += 1
                number = f"#{seen[path]}" if seen[path] > 1 else ""
                key = (event_pk, signal_name, path + number)
                run = async_to_sync(receiver) if is_async else receiver
                yield key, partial(run, signal=signal)

    def _signals(self) -> Iterator[tuple[str, Any]]:
        name = self.event.name
        # Receivers of an envelope's signals count on an envelope.
        if name in EVENT_SIGNALS and (self.kept_event or not is_envelope_event(name)):
            yield name.replace("-", "_"), EVENT_SIGNALS[name]
        yield "connect_event", connect_event


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


def _path(receiver: Callable[..., Any]) -> str:
    """Return a receiver's dotted path; of a partial, its function's.

    An instance goes by its class.
    """
    while isinstance(receiver, partial) and not hasattr(receiver, "__qualname__"):
        receiver = receiver.func
    named = receiver if hasattr(receiver, "__qualname__") else type(receiver)
    return f"{named.__module__}.{named.__qualname__}"[: RECEIVER_LENGTH - 5]
