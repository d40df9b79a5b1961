"""Take what is due and process it: the one loop, for cron and for ``--watch``."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError, close_old_connections

from django_docusign_connect.conf import get_settings
from django_docusign_connect.models import ConnectMessage
from django_docusign_connect.models.outages import describe
from django_docusign_connect.pipeline import process

logger = logging.getLogger(__name__)

IDLE_SECONDS = 0.5
DATABASE_AWAY_SECONDS = 5.0


@dataclass
class Worker:
    """Processes due messages until it is told to stop.

    ``limit`` is the most messages it takes, ``batch`` how many it claims at a time.
    """

    limit: int | None = None
    batch: int = 10
    done: int = 0
    failed: int = 0
    is_stopping: bool = False

    def stop(self) -> None:
        """Finish the message at hand and take no more; safe in a signal handler."""
        self.is_stopping = True

    def run(self) -> None:
        """Process all that is due now."""
        while not self.is_stopping and self._run_batch():
            pass

    def watch(self, *, report: Callable[[], None]) -> None:
        """Process what is due, and wait for more, until stopped.

        ``report`` is called after each batch. A database that is away is waited for.
        """
        while not self.is_stopping and self._room():
            close_old_connections()
            try:
                taken = self._run_batch()
            except (DatabaseError, InterfaceError) as error:
                logger.error(
                    "No messages to be had: %s; trying again.", describe(error)
                )
                time.sleep(DATABASE_AWAY_SECONDS)
                continue
            if taken:
                report()
            else:
                time.sleep(IDLE_SECONDS)

    def _run_batch(self) -> int:
        """Process a batch; return how many messages it took."""
        room = self._room()
        if not room:
            return 0
        seconds = get_settings().CLAIM_SECONDS
        messages = ConnectMessage.objects.claim_due(limit=room, seconds=seconds)
        for message in messages:
            if self.is_stopping:
                message.release()
            else:
                self._process(message)
        return len(messages)

    def _process(self, message: ConnectMessage) -> None:
        self.done += 1
        self.failed += not process(message)

    def _room(self) -> int:
        if self.limit is None:
            return self.batch
        return min(self.batch, self.limit - self.done)
