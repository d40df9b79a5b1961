"""The paths of the views, and of what a project makes of them by subclassing."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiViewExtension
from drf_spectacular.utils import extend_schema_view

from django_docusign_connect.api.schema.answers import (
    MISSING,
    NO_STREAM,
    UNCHANGED,
    WRONG,
    answers,
    gives_file,
)
from django_docusign_connect.api.schema.parameters import ENVELOPE_ID, MESSAGE_ID, TAGS
from django_docusign_connect.api.serializers import EventSerializer

EVENTS = answers(
    _("What happened to an envelope, the oldest first."),
    "view_envelope",
    filters=False,
    parameters=[ENVELOPE_ID, *TAGS],
    responses={200: EventSerializer(many=True)} | UNCHANGED | WRONG | MISSING,
)
DOCUMENT = gives_file(
    _("The file of a document."),
    "download_envelopedocument",
    "application/pdf",
    "application/octet-stream",
    parameters=[ENVELOPE_ID],
)


def describe(view: Any, **methods: Any) -> Any:
    """Return the view with its methods described, but for those that it describes."""
    described = type(view.__name__, (view,), {"__doc__": view.__doc__})
    return extend_schema_view(
        **{
            name: schema
            for name, schema in methods.items()
            if "schema" not in getattr(getattr(view, name), "kwargs", {})
        }
    )(described)


class EnvelopeViewExtension(OpenApiViewExtension):
    target_class = "django_docusign_connect.api.views.EnvelopeViewSet"
    match_subclasses = True

    def view_replacement(self) -> Any:
        rows = self.target.serializer_class(many=True)
        one = self.target.detail_serializer_class
        stream = {(200, "text/event-stream"): str, (200, "application/json"): one}
        return describe(
            self.target,
            list=answers(
                _("Envelopes, as last known."),
                "view_envelope",
                parameters=TAGS,
                responses={200: rows} | UNCHANGED | WRONG,
            ),
            retrieve=answers(
                _("One envelope, with its recipients and documents."),
                "view_envelope",
                parameters=[ENVELOPE_ID, *TAGS],
                responses={200: one} | UNCHANGED | MISSING,
            ),
            events=EVENTS,
            document=DOCUMENT,
            stream=answers(
                _(
                    "Server-sent events: the envelope, and again whenever it has "
                    "changed; once, with an ETag, where JSON is asked for."
                ),
                "view_envelope",
                parameters=[ENVELOPE_ID, *TAGS],
                responses=stream | NO_STREAM | UNCHANGED | MISSING,
            ),
        )


class MessageViewExtension(OpenApiViewExtension):
    target_class = "django_docusign_connect.api.views.MessageViewSet"
    match_subclasses = True

    def view_replacement(self) -> Any:
        rows = self.target.serializer_class(many=True)
        one = self.target.detail_serializer_class
        return describe(
            self.target,
            list=answers(
                _("Messages as they came, without their bodies, for staff."),
                "view_connectmessage",
                parameters=TAGS,
                responses={200: rows} | UNCHANGED | WRONG,
            ),
            retrieve=answers(
                _("One message, with the traceback if it failed, for staff."),
                "view_connectmessage",
                parameters=[MESSAGE_ID],
                responses={200: one} | MISSING,
            ),
            body=gives_file(
                _("The bytes of a message as they came, for staff."),
                "view_connectmessage_body",
                "application/json",
                "application/soap+xml",
                "application/xml",
                "text/xml",
                "application/octet-stream",
                parameters=[MESSAGE_ID],
            ),
        )
