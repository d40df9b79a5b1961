"""What is to be told of one event: to which receivers, by which signals and how."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from asgiref.sync import async_to_sync

from django_docusign_connect.messages.events import is_envelope_event
from django_docusign_connect.messages.values import ConnectEvent
from django_docusign_connect.models import ConnectMessage, Envelope, EnvelopeEvent
from django_docusign_connect.signals import EVENT_SIGNALS, connect_event

RECEIVER_LENGTH = 255
Key = tuple[int | None, str, str]


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """What is to be told of one event: the signals, their sender and arguments.

    ``is_again``: somebody asked for it, whether or not its message is a replay.
    """

    message: ConnectMessage
    event: EnvelopeEvent | ConnectEvent
    is_again: bool = False

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
            "is_replay": self.is_again or self.message.is_replay,
        }

    def receivers(self) -> Iterator[tuple[Key, Callable[..., Any]]]:
        """Yield each receiver with the key by which its run is known."""
        event_pk = self.kept_event.pk if self.kept_event else None
        for signal_name, signal in _signals(self.event):
            seen: Counter[str] = Counter()
            for receiver, is_async in signal.live_receivers(self.sender):
                path = _path(receiver)
                seen[path] += 1
                number = f"#{seen[path]}" if seen[path] > 1 else ""
                key = (event_pk, signal_name, path + number)
                run = async_to_sync(receiver) if is_async else receiver
                yield key, partial(run, signal=signal)


def has_receivers(event: EnvelopeEvent) -> bool:
    """Whether the signals of an event can still be sent, and somebody would hear."""
    is_kept = event.first_message_id is not None or event.message_id is not None
    signals = (signal for _name, signal in _signals(event))
    return is_kept and any(signal.has_listeners(Envelope) for signal in signals)


def _signals(event: EnvelopeEvent | ConnectEvent) -> Iterator[tuple[str, Any]]:
    name = event.name
    # Receivers of an envelope's signals count on an envelope.
    has_envelope = isinstance(event, EnvelopeEvent)
    if name in EVENT_SIGNALS and (has_envelope or not is_envelope_event(name)):
        yield name.replace("-", "_"), EVENT_SIGNALS[name]
    yield "connect_event", connect_event


def _path(receiver: Callable[..., Any]) -> str:
    """Return a receiver's dotted path; of a partial, its function's.

    An instance goes by its class.
    """
    while isinstance(receiver, partial) and not hasattr(receiver, "__qualname__"):
        receiver = receiver.func
    named = receiver if hasattr(receiver, "__qualname__") else type(receiver)
    return f"{named.__module__}.{named.__qualname__}"[: RECEIVER_LENGTH - 5]
