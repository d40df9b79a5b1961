"""The host project's object that an envelope is about."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.urls import NoReverseMatch
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from django_docusign_connect.admin.read_only import may_view
from django_docusign_connect.models import Envelope


def show_target(
    envelope: Envelope, request: HttpRequest, *, url_of: Callable[..., str]
) -> SafeString | str:
    """Return the object, with a link if the admin has a page for it.

    Who may not view objects of its kind sees the kind and the key alone.
    """
    kind = envelope.target_type
    if kind is None:
        return ""
    model = kind.model_class()
    name = f"{kind.name} {envelope.target_id}"
    if model is None or not may_view(request, model):
        return name
    if envelope.target is None:
        return gettext("%(name)s (it is gone)") % {"name": name}
    text = f"{kind.name}: {envelope.target}"
    try:
        url = url_of(model, "change", envelope.target_id)
    except NoReverseMatch:
        return text
    return format_html('<a href="{}">{}</a>', url, text)
