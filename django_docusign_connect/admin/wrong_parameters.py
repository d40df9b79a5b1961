"""Says what of a URL a list could not be asked for; Django shows all rows instead."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import prepare_lookup_value
from django.contrib.admin.views.main import ERROR_FLAG, IGNORED_PARAMS, PAGE_VAR
from django.core.exceptions import FieldError, ValidationError
from django.core.paginator import InvalidPage
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext

from django_docusign_connect.admin.parameters import WrongParameter, read_moments
from django_docusign_connect.admin.stages import SINCE

#: Characters of a URL that a note repeats.
MOST_REPEATED = 100


def say_what_is_wrong(
    request: HttpRequest, model_admin: Any, error: IncorrectLookupParameters
) -> None:
    """Tell the user which parameters were wrong; all of them, if it is not known."""
    names = [*_wrong(request, model_admin, error)] or [*_filters(request)]
    asked = "&".join(f"{name}={request.GET[name]}" for name in names)
    note = gettext("This list cannot be asked for “%(parameters)s”; it shows all rows.")
    told = {"parameters": Truncator(asked).chars(MOST_REPEATED)}
    messages.error(request, note % told)


def _wrong(
    request: HttpRequest, model_admin: Any, error: IncorrectLookupParameters
) -> list[str]:
    if isinstance(error, WrongParameter):
        return [error.name]
    if isinstance(error.__context__, InvalidPage):
        return [PAGE_VAR]
    filters = model_admin.get_list_filter(request)
    taken = {SINCE, *(getattr(one, "parameter_name", None) for one in filters)}
    rows = model_admin.model.objects.none()
    return [
        name
        for name in _filters(request)
        if name not in taken and not _fits(rows, name, request.GET[name])
    ]


def _filters(request: HttpRequest) -> list[str]:
    others = {*IGNORED_PARAMS, ERROR_FLAG, PAGE_VAR}
    return [name for name in request.GET if name not in others]


def _fits(rows: Any, name: str, value: str) -> bool:
    """Whether rows can be narrowed by a parameter, whatever is left then."""
    lookups = {name: [prepare_lookup_value(name, value)]}
    try:
        read_moments(lookups)
        rows.filter(**{name: lookups[name][0]})
    except (IncorrectLookupParameters, FieldError, ValidationError, ValueError):
        return False
    return True
