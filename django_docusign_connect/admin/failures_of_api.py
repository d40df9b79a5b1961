"""Why DocuSign's API told nothing, in words that say what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from django_docusign_connect.client import failures
from django_docusign_connect.client.failures import ApiFailure

#: What the user is told; each may have DocuSign's own word for it behind it.
WORDS: Mapping[type[ApiFailure], Any] = {
    failures.NotSetUp: _(
        "DocuSign was not asked: its API is not set up for the envelope's account. See "
        "that API in DOCUSIGN_CONNECT has an INTEGRATION_KEY, a USER_ID and a "
        "PRIVATE_KEY that can be read."
    ),
    failures.ExtraMissing: _(
        "DocuSign was not asked: its client is not installed. Run: pip install "
        '"django-docusign-connect[api]"'
    ),
    failures.KeyUnusable: _(
        "DocuSign was not asked: PRIVATE_KEY is no RSA key. Give all of the private "
        "key that DocuSign showed, from its BEGIN to its END line."
    ),
    failures.CredentialsRefused: _(
        "DocuSign refused to let the app in. See that INTEGRATION_KEY, USER_ID and "
        "PRIVATE_KEY belong together, and that OAUTH_HOST is that of their environment."
    ),
    failures.NoAccess: _(
        "The user that USER_ID names may not see this envelope. Add it to the "
        "envelope's account at DocuSign, with the right to see envelopes of others."
    ),
    failures.EnvelopeUnknown: _(
        "DocuSign knows no such envelope in this account. It may have been purged, or "
        "be of another account or environment."
    ),
    failures.AskedNow: _(
        "DocuSign was not asked: somebody is asking about this envelope just now. Look "
        "again in a moment."
    ),
    failures.TookTooLong: _("DocuSign did not answer in time. Try again later."),
    failures.Unreachable: _(
        "DocuSign could not be reached. See that the server may connect to it and that "
        "OAUTH_HOST is right, and try again."
    ),
    failures.Unavailable: _("Something is wrong at DocuSign. Try again later."),
    failures.AnswerTooLarge: _(
        "DocuSign's answer is larger than MAX_BODY_BYTES and was not read."
    ),
}
UNREADABLE = _(
    "DocuSign's answer is none that this app can read, so that nothing was changed."
)


def explain(failure: ApiFailure) -> str:
    """Return what to tell the user of a failure; safe HTML if it has a link."""
    if isinstance(failure, failures.ConsentMissing):
        text = gettext(
            "The user that USER_ID names has not yet allowed the app to act for it. "
            "Let that user log in to DocuSign and accept, once, at {}"
        )
        link = format_html('<a href="{0}">{0}</a>', failure.url)
        return format_html(text, link)
    if isinstance(failure, failures.TooManyRequests):
        return _explain_limit(failure)
    text = str(WORDS.get(type(failure), UNREADABLE))
    return f"{text} ({failure.code})" if failure.code else text


def _explain_limit(failure: failures.TooManyRequests) -> str:
    text = gettext("DocuSign takes no more requests for now. Try again later.")
    if isinstance(failure, failures.AskedLately):
        text = gettext(
            "DocuSign was not asked: it lets the state of an envelope be asked for "
            "once in 15 minutes."
        )
    if failure.again_at is None:
        return text
    at = formats.date_format(timezone.localtime(failure.again_at), "DATETIME_FORMAT")
    next_time = gettext("Next time: %(at)s") % {"at": at}
    return f"{text} {next_time}"
