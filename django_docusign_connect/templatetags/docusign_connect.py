"""Badges and timelines for templates of the project: ``{% load docusign_connect %}``.

They say what was known when the page was made; without an envelope, nothing. With the
script ``live.js`` they stay up to date, from the ``url`` that they are given: a view
that returns ``live_response``. Without one, that is the read API, for those whom it
lets in.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.template import RequestContext
from django.urls import NoReverseMatch, reverse

from django_docusign_connect.live import describe_status, describe_timeline
from django_docusign_connect.live.times import to_the_second
from django_docusign_connect.live.words import recipient_words, status_words
from django_docusign_connect.models import Envelope

register = template.Library()
register.filter("status_words", status_words)
register.filter("recipient_words", recipient_words)
register.filter("to_the_second", to_the_second, expects_localtime=True)

API = "docusign_connect_api:envelope-stream"
PERMISSION = "docusign_connect.view_envelope"


@register.inclusion_tag("docusign_connect/envelope_status.html", takes_context=True)
def envelope_status(
    context: RequestContext, envelope: Envelope | None, url: str | None = None
) -> dict[str, Any]:
    """Show the status of an envelope in words, and since when it has it."""
    if not envelope:
        return {}
    return {**_live(context, envelope, url), "told": describe_status(envelope)}


@register.inclusion_tag("docusign_connect/envelope_timeline.html", takes_context=True)
def envelope_timeline(
    context: RequestContext, envelope: Envelope | None, url: str | None = None
) -> dict[str, Any]:
    """Show what happened to an envelope, the latest first."""
    if not envelope:
        return {}
    return {**_live(context, envelope, url), "told": describe_timeline(envelope)}


def _live(
    context: RequestContext, envelope: Envelope, url: str | None
) -> dict[str, Any]:
    """Return what the script is told: where to ask, and what is on the page already.

    No URL, and so nothing live, if ``url`` is empty.
    """
    if url is None:
        url = _api_url(context, envelope)
    return {"url": url, "envelope": envelope}


def _api_url(context: RequestContext, envelope: Envelope) -> str:
    """Return the URL of the read API; empty for who may not read it."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if user is None or not user.has_perm(PERMISSION):
        return ""
    try:
        return reverse(API, kwargs={"envelope_id": envelope.envelope_id})
    except NoReverseMatch:
        return ""
