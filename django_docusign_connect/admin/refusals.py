"""Why a request was refused, in the language of who reads it; the log is in English."""

from __future__ import annotations

import re

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

#: What the authentication says, by its own words.
REASONS = {
    "no key configured": _("no key configured"),
    'no signature header (is "Include HMAC Signature" on?)': _(
        'no signature header (is "Include HMAC Signature" on?)'
    ),
    "no signature matches a configured key": _("no signature matches a configured key"),
    "matches in hexadecimal": _("matches in hexadecimal"),
    'matches with the key\'s final "=" restored': _(
        'matches with the key\'s final "=" restored'
    ),
    "matches without white space around the key": _(
        "matches without white space around the key"
    ),
    "matches with a line break taken from the body's end": _(
        "matches with a line break taken from the body's end"
    ),
    "matches an empty body (did something read the body first?)": _(
        "matches an empty body (did something read the body first?)"
    ),
    "matches with the key decoded from base64": _(
        "matches with the key decoded from base64"
    ),
    "no method of authentication configured": _(
        "no method of authentication configured"
    ),
}
OF_KEY = re.compile(r"(?P<reason>.+) \(key (?P<key>[0-9a-f]+)\)")


def in_words(reason: str) -> str:
    """Return a reason in the language of the page; one that is not known, as it is."""
    if match := OF_KEY.fullmatch(reason):
        parts = {"reason": in_words(match["reason"]), "key": match["key"]}
        return gettext("%(reason)s (key %(key)s)") % parts
    return str(REASONS.get(reason, reason))
