"""The page on which staff choose who is told again of one event of an envelope."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from django_docusign_connect.admin.badges import badge
from django_docusign_connect.admin.read_only import ReadOnlyAdmin, may
from django_docusign_connect.announcements import Announcement
from django_docusign_connect.announcing import announce_again
from django_docusign_connect.live.words import event_words
from django_docusign_connect.models import ConnectMessage, EnvelopeEvent, ReceiverRun

TEMPLATE = "admin/docusign_connect/envelope/send_again.html"
#: The latest runs of an event that are looked at for who has heard of it.
RUNS = 500

#: The names of a signal and of a receiver of it.
Choice = tuple[str, str]


class ReceiversForm(forms.Form):
    """Offers the receivers that are connected to the signals of an event."""

    receivers = forms.TypedMultipleChoiceField(
        coerce=lambda value: tuple(value.split(" ", 1)),
        error_messages={"required": _("Choose at least one receiver.")},
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, event: EnvelopeEvent, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["receivers"]
        field.choices = list(_choices(event).items())


class SendAgainAdmin(ReadOnlyAdmin):
    """Sends the signals of one event again, for who may process messages again."""

    def get_urls(self) -> list[URLPattern]:
        send_again = path(
            "<int:pk>/events/<int:event_pk>/send-again/",
            self.admin_site.admin_view(self.send_again),
            name="docusign_connect_envelope_send_again",
        )
        return [send_again, *super().get_urls()]

    def send_again(self, request: HttpRequest, pk: int, event_pk: int) -> HttpResponse:
        """Show the receivers to choose from, and send to those that were chosen.

        They run after commit, since signals are sent outside a transaction.
        """
        envelope = self.get_visible(request, pk)
        if not may(request, "process_connectmessage"):
            raise PermissionDenied
        events = envelope.events.with_messages()
        event: EnvelopeEvent | None = events.filter(pk=event_pk).first()
        if event is None:
            raise Http404
        event.envelope = envelope
        data = request.POST if request.method == "POST" else None
        form = ReceiversForm(data, event=event)
        if not event.announced_by or not form.is_valid():
            return self._ask(request, event, form)
        chosen: list[Choice] = form.cleaned_data["receivers"]
        names = ", ".join(sorted(f"{path} ({signal})" for signal, path in chosen))
        note = gettext("The signals of %(event)s were sent again to %(receivers)s.")
        self.log_change(
            request, envelope, note % {"event": event.name, "receivers": names}
        )
        send = partial(_send, request, event, message=event.announced_by, chosen=chosen)
        transaction.on_commit(send)
        return redirect(self.page_with_filters(request, envelope))

    def _ask(
        self, request: HttpRequest, event: EnvelopeEvent, form: ReceiversForm
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Send signals again"),
            "opts": self.opts,
            "media": self.media,
            "original": event.envelope,
            "preserved_filters": self.get_preserved_filters(request),
            "event": event,
            "words": event_words(event),
            "form": form,
        }
        status = 400 if form.is_bound else 200
        return TemplateResponse(request, TEMPLATE, context, status=status)


def _choices(event: EnvelopeEvent) -> dict[str, Any]:
    """Return what can be chosen, with what became of it the last time."""
    if event.announced_by is None:
        return {}
    last: dict[Choice, ReceiverRun] = {}
    for run in ReceiverRun.objects.behind([event])[:RUNS]:
        last.setdefault((run.signal, run.receiver), run)
    announcement = Announcement(message=event.announced_by, event=event)
    return {
        f"{signal} {path}": _label(signal, path, last.get((signal, path)))
        for (_event, signal, path), _receiver in announcement.receivers()
    }


def _label(signal: str, path: str, run: ReceiverRun | None) -> str:
    last = badge(run.status, run.get_status_display()) if run else ""
    return format_html(
        '<code dir="ltr">{}</code> <span class="docusign-quiet">{} {}</span> {}',
        path,
        gettext("signal %(name)s;") % {"name": signal},
        gettext("the last time:") if run else gettext("has not heard of it"),
        last,
    )


def _send(
    request: HttpRequest,
    event: EnvelopeEvent,
    *,
    message: ConnectMessage,
    chosen: Collection[Choice],
) -> None:
    """Tell the chosen receivers, and the user what became of it."""
    runs = announce_again(event, message=message, chosen=chosen)
    failed = [run for run in runs if run.status == ReceiverRun.Status.FAILED]
    if done := len(runs) - len(failed):
        note = ngettext(
            "%(count)d receiver was told again of %(event)s.",
            "%(count)d receivers were told again of %(event)s.",
            done,
        )
        messages.success(request, note % {"count": done, "event": event.name})
    for run in failed:
        note = gettext("%(receiver)s failed: %(error)s")
        error = run.error[:200]
        messages.error(request, note % {"receiver": run.receiver, "error": error})
