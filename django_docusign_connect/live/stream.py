"""A stream of server-sent events that tells an envelope whenever it has changed."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import AsyncIterator, Callable
from copy import copy
from dataclasses import dataclass
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth import SESSION_KEY, get_user
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.db import Error, connections
from django.http import Http404, HttpRequest
from django.utils import timezone, translation

from django_docusign_connect.conf import get_settings
from django_docusign_connect.live.told import Told
from django_docusign_connect.live.watch import Follower, Watch, following
from django_docusign_connect.models import Envelope

logger = logging.getLogger(__name__)

#: Returns the envelope that a request may see; raises Http404 or PermissionDenied.
GetEnvelope = Callable[[HttpRequest], Envelope]
Describe = Callable[[Envelope], Told]

#: Milliseconds after which a client asks again for a stream that has ended, from and
#: to: those of a server that restarts are not to come back all at once.
RETRY = (1000, 4000)
HEARTBEAT = b":\n\n"
NO_MORE = (Http404, PermissionDenied, ObjectDoesNotExist)


@dataclass
class Stream:
    """What a client is told: the envelope as it is, and as it is after each change.

    An event's ID is the envelope's version, so that a client that comes back with the
    last one is not told again what it knows. Changes that come while a client is slow
    are told as one.
    """

    request: HttpRequest
    envelope: Envelope
    get_envelope: GetEnvelope
    describe: Describe

    def __post_init__(self) -> None:
        self.language = translation.get_language()
        self.zone = timezone.get_current_timezone()
        self.version = self.envelope.version
        is_known = self.request.headers.get("Last-Event-ID") == self.version
        self.first = b"" if is_known else self._tell(self.envelope)

    async def events(self) -> AsyncIterator[bytes]:
        """Yield the events, and comments while there are none, until it is over."""
        await sync_to_async(_release_connections)()
        with following(self.envelope.pk, told=self.version) as (watch, follower):
            yield _retry() + self.first
            async for event in self._later_events(watch, follower):
                yield event

    async def _later_events(
        self, watch: Watch, follower: Follower
    ) -> AsyncIterator[bytes]:
        settings, now = get_settings(), asyncio.get_running_loop().time
        ends_at = now() + settings.STREAM_SECONDS
        while (left := ends_at - now()) > 0 and not follower.is_over:
            if not await follower.wait(min(left, settings.STREAM_HEARTBEAT)):
                yield HEARTBEAT
                continue
            try:
                version, event = await watch.read(self._tell_again)
            except NO_MORE:
                return
            except Error as error:
                logger.warning("A stream ends, for it cannot be told: %s", error)
                return
            follower.told_now(version)
            yield event

    def _tell_again(self) -> tuple[str, bytes]:
        """Return the version and the event, if the client may still see it."""
        language = translation.override(self.language)
        with language, timezone.override(self.zone):
            envelope = self.get_envelope(as_if_new(self.request))
            return envelope.version, self._tell(envelope)

    def _tell(self, envelope: Envelope) -> bytes:
        told = {"version": envelope.version, **self.describe(envelope)}
        data = json.dumps(told, cls=DjangoJSONEncoder)
        return f"id: {envelope.version}\ndata: {data}\n\n".encode()


def as_if_new(request: HttpRequest) -> HttpRequest:
    """Return the request as if it had come just now: who asks is read again.

    PermissionDenied if who was signed in by a session is not any more.
    """
    fresh: Any = copy(request)
    session: Any = getattr(fresh, "session", {})
    if SESSION_KEY in session:
        fresh.session = type(session)(session.session_key)
        fresh.user = get_user(fresh)
        if not fresh.user.is_authenticated:
            raise PermissionDenied
    return fresh  # type: ignore[no-any-return]  # attributes of middleware are set


def _retry() -> bytes:
    first, last = RETRY
    return f"retry: {first + secrets.randbelow(last - first)}\n\n".encode()


def _release_connections() -> None:
    """Give back what the request has of the database: it may be open for minutes."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()
