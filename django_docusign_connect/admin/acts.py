"""What is done with many messages of a list, and what staff are told before it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from django_docusign_connect.admin import processing
from django_docusign_connect.models import ConnectMessage
from django_docusign_connect.models.message_queue import ConnectMessageQuerySet


class Act(NamedTuple):
    """Something that is done with many messages, and how a page asks about it."""

    verb: processing.Verb
    title: Any
    question: Any
    meaning: Any
    fit: Callable[[], ConnectMessageQuerySet]

    def count_rows(self, rows: QuerySet[Any], most: int) -> tuple[int, int]:
        """Return how many rows there are, at most so many; and to how many it is done.

        What a worker holds at that moment is left to it.
        """
        fit = self.fit().free().filter(pk=OuterRef("pk"))
        looked_at = rows.order_by().annotate(is_fit=Exists(fit)).values("pk", "is_fit")
        found: Any = looked_at[:most].aggregate(
            Count("pk"), fit=Count("pk", filter=Q(is_fit=True))
        )
        return found["pk__count"], found["fit"]


ACTS = {
    "process_again": Act(
        processing.process_again,
        title=_("Process again"),
        question=ngettext_lazy(
            "Process %(size)s message again?",
            "Process %(size)s messages again?",
            "count",
        ),
        meaning=_(
            "Of a message that failed, the receivers run that failed or never ran. Of "
            "one that was done with, all run again, and are told that it is a replay."
        ),
        fit=ConnectMessage.objects.with_body,
    ),
    "ignore": Act(
        processing.ignore,
        title=_("Ignore"),
        question=ngettext_lazy(
            "Ignore %(size)s message?", "Ignore %(size)s messages?", "count"
        ),
        meaning=_(
            "Messages that wait or failed are given up: they are not tried again, and "
            "count as failing no more. They can still be processed again later."
        ),
        fit=ConnectMessage.objects.undone,
    ),
}
