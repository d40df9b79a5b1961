"""A filter of envelopes by how far they have come, by which the dashboard links."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from django_docusign_connect.admin.parameters import WrongParameter, as_moment
from django_docusign_connect.models.envelope_tally import STAGES, at_stage

SINCE = "first_sent__gte"
STAGE = "stage"
LABELS = {
    "sent": _("Sent"),
    "opened": _("Opened by all"),
    "completed": _("Completed"),
    "waiting": _("Waiting for somebody"),
}


class StageFilter(admin.ListFilter):
    """Narrows to the envelopes that came as far as a stage, as the dashboard counts."""

    title = _("stage")
    parameter_name = STAGE

    def __init__(
        self,
        request: HttpRequest,
        params: dict[str, Any],
        model: type[Any],
        model_admin: Any,
    ) -> None:
        super().__init__(request, params, model, model_admin)
        self.stage = params.pop(STAGE, [""])[-1]
        since = params.pop(SINCE, [""])[-1]
        if self.stage and self.stage not in STAGES:
            raise WrongParameter(STAGE)
        self.since: datetime | None = as_moment(since) if since else None
        if self.stage:
            self.used_parameters[STAGE] = self.stage

    def has_output(self) -> bool:
        return True

    def expected_parameters(self) -> list[str | None]:
        return [STAGE, SINCE]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Any]
    ) -> QuerySet[Any] | None:
        if not self.stage:
            return None
        return at_stage(queryset, self.stage, sent_since=self.since)

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        yield {
            "selected": not self.stage,
            "query_string": changelist.get_query_string(remove=[STAGE, SINCE]),
            "display": _("All"),
        }
        for stage, label in LABELS.items():
            yield {
                "selected": stage == self.stage,
                "query_string": changelist.get_query_string({STAGE: stage}),
                "display": label,
            }
