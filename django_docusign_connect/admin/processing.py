"""Messages that somebody chose: processed again, or given up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

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
#: How many messages came to which end.
Outcomes = Mapping[str, int]
#: What is done with some messages, for the user of a request.
Verb = Callable[[HttpRequest, Sequence[int]], Outcomes]

#: What the user is told of how many messages, by what became of them.
NOTES: Mapping[tuple[str, ...], tuple[int, Any]] = {
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


def process_again(request: HttpRequest, pks: Sequence[int]) -> Outcomes:
    """Make messages due, and hand them to the processor.

    Not in a transaction, since signals are sent outside one. A message that a worker
    holds, or whose body is not kept, stays as it is.
    """
    return _process(_make_due(request, pks), pks)


def process_after_commit(request: HttpRequest, pks: Sequence[int]) -> None:
    """Make messages due at once; once that is committed, process them and tell."""
    due = _make_due(request, pks)
    transaction.on_commit(lambda: tell(request, _process(due, pks)))


def ignore(request: HttpRequest, pks: Sequence[int]) -> Outcomes:
    """Give up on messages that wait or failed; the others stay as they are."""
    count = 0
    for chosen in _batches(pks):
        _log(request, chosen.undone().free(), gettext("Ignored."))
        count += chosen.ignore()
    return {IGNORED: count, LEFT: len(pks) - count}


def do_and_tell(request: HttpRequest, verb: Verb, pks: Sequence[int]) -> None:
    """Do something with messages after the request's transaction, and tell of it."""
    transaction.on_commit(partial(_do_and_tell, request, verb, pks))


def _do_and_tell(request: HttpRequest, verb: Verb, pks: Sequence[int]) -> None:
    tell(request, verb(request, pks))


def tell(request: HttpRequest, outcomes: Outcomes) -> None:
    """Tell the user, on the next page, what became of messages."""
    for level, note in describe(outcomes):
        messages.add_message(request, level, note)


def describe(outcomes: Outcomes) -> Iterator[tuple[int, str]]:
    """Yield what became of messages, each with the level of a note to the user."""
    for statuses, (level, note) in NOTES.items():
        count = sum(outcomes.get(status, 0) for status in statuses)
        if count:
            yield level, note % count


def _make_due(request: HttpRequest, pks: Sequence[int]) -> list[int]:
    """Return the keys of those messages that are due by then."""
    taken: list[int] = []
    for chosen in _batches(pks):
        chosen.with_body().requeue()
        due = chosen.with_body().due()
        _log(request, due, gettext("Processed again."))
        taken.extend(due.values_list("pk", flat=True))
    return taken


def _process(due: Sequence[int], chosen: Sequence[int]) -> Outcomes:
    outcomes = _hand_over(due)
    # One that is pruned meanwhile is left, too.
    return outcomes + Counter({LEFT: len(chosen) - outcomes.total()})


def _batches(pks: Sequence[int]) -> Iterator[ConnectMessageQuerySet]:
    for start in range(0, len(pks), BATCH):
        yield ConnectMessage.objects.filter(pk__in=pks[start : start + BATCH]).light()


def _log(request: HttpRequest, rows: ConnectMessageQuerySet, note: str) -> None:
    """Keep in the admin's history who did it."""
    LogEntry.objects.log_actions(str(request.user.pk), rows, CHANGE, note)


def _hand_over(pks: Sequence[int]) -> Counter[str]:
    """Hand messages to the processor, which looks itself whether each is still due."""
    processor = get_processor()
    outcomes: Counter[str] = Counter()
    for rows in _batches(pks):
        for message in rows.order_by("pk"):
            processor.enqueue(message)
        outcomes.update(rows.values_list("status", flat=True))
    return outcomes
