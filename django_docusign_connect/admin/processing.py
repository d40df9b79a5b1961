"""Messages that somebody chose: processed again, or given up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext_lazy

from django_docusign_connect.models import ConnectMessage
from django_docusign_connect.models.message_queue import ConnectMessageQuerySet
from django_docusign_connect.processors import get_processor

BATCH = 500
LEFT = "left"
IGNORED = "ignored by hand"

Status = ConnectMessage.Status

#: What the user is told of how many messages, by what became of them.
NOTES = {
    (Status.PROCESSED, Status.IGNORED): (
        messages.SUCCESS,
        ngettext_lazy(
            "%d message was processed again.", "%d messages were processed again."
        ),
    ),
    (Status.PENDING,): (
        messages.SUCCESS,
        ngettext_lazy(
            "%d message will be processed again.",
            "%d messages will be processed again.",
        ),
    ),
    (IGNORED,): (
        messages.SUCCESS,
        ngettext_lazy(
            "%d message will not be processed.", "%d messages will not be processed."
        ),
    ),
    (Status.FAILED, Status.ABANDONED): (
        messages.ERROR,
        ngettext_lazy(
            "%d message failed; its page says why.",
            "%d messages failed; their pages say why.",
        ),
    ),
    (LEFT,): (
        messages.WARNING,
        ngettext_lazy(
            "%d message was left as it is: it is done with, a worker holds it, or its "
            "body is not kept.",
            "%d messages were left as they are: they are done with, a worker holds "
            "them, or their bodies are not kept.",
        ),
    ),
}


def process_again(request: HttpRequest, pks: Sequence[int]) -> None:
    """Make messages due, hand them to the processor, and tell the user of it.

    They are handed over after commit, since signals are sent outside a transaction.
    A message that a worker holds, or whose body is not kept, stays as it is.
    """
    taken: list[int] = []
    for chosen in _batches(pks):
        chosen.with_body().requeue()
        due = chosen.with_body().due()
        _log(request, due, gettext("Processed again."))
        taken.extend(due.values_list("pk", flat=True))
    left = len(pks) - len(taken)
    transaction.on_commit(partial(_hand_over, request, taken, left=left))


def ignore(request: HttpRequest, pks: Sequence[int]) -> None:
    """Give up on messages that wait or failed, and tell the user of it."""
    count = 0
    for chosen in _batches(pks):
        _log(request, chosen.undone().free(), gettext("Ignored."))
        count += chosen.ignore()
    _tell(request, {IGNORED: count, LEFT: len(pks) - count})


def _batches(pks: Sequence[int]) -> Iterator[ConnectMessageQuerySet]:
    for start in range(0, len(pks), BATCH):
        yield ConnectMessage.objects.filter(pk__in=pks[start : start + BATCH]).light()


def _log(request: HttpRequest, rows: ConnectMessageQuerySet, note: str) -> None:
    """Keep in the admin's history who did it."""
    LogEntry.objects.log_actions(str(request.user.pk), rows, CHANGE, note)


def _hand_over(request: HttpRequest, pks: Sequence[int], *, left: int) -> None:
    processor = get_processor()
    outcomes = Counter({LEFT: left})
    for pk in pks:
        message = ConnectMessage.objects.get(pk=pk)
        if message.is_waiting:
            processor.enqueue(message)
        message.refresh_from_db(fields=["status"])
        outcomes[message.status] += 1
    _tell(request, outcomes)


def _tell(request: HttpRequest, outcomes: Mapping[str, int]) -> None:
    for statuses, (level, note) in NOTES.items():
        count = sum(outcomes.get(status, 0) for status in statuses)
        if count:
            messages.add_message(request, level, note % count)
