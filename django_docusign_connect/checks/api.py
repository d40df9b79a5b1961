"""Checks of the option ``API``: how DocuSign's API is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.core.checks import CheckMessage
from django.utils.module_loading import import_string

from django_docusign_connect import conf
from django_docusign_connect.checks.told import Options, error, is_key, warning

NEEDED = ("INTEGRATION_KEY", "USER_ID", "PRIVATE_KEY")
OPTIONAL = ("OAUTH_HOST", "TIMEOUT")
MODULES = ("docusign_esign", "cryptography", "jwt", "urllib3")
CLIENT = "django_docusign_connect.client.esign.EsignApi"
IS_RSA_KEY = "django_docusign_connect.client.keys.is_rsa_key"
HINT = f"It has {', '.join(NEEDED)}, and may have {' and '.join(OPTIONAL)}."
KEY_HINT = (
    "Give all of the private key that DocuSign showed, from its BEGIN to its END line."
)
#: Seconds for which a request may wait for DocuSign at most.
LONGEST = 600


def check_api(options: Options, where: str) -> Iterator[CheckMessage]:
    """Check how a listener asks DocuSign's API, if it is to."""
    api = options.get("API", {})
    name = f"{where}['API']"
    if not isinstance(api, Mapping):
        yield error("E021", "must be a dict.", name, HINT)
    elif api:
        yield from _keys(api, name)
        yield from _values(api, name)
        yield from _private_key(api, name)


def _keys(api: Options, name: str) -> Iterator[CheckMessage]:
    for key in sorted(map(str, set(api) - {*NEEDED, *OPTIONAL})):
        yield error("E022", f"has an unknown key {key!r}.", name, HINT)
    for key in NEEDED:
        if key not in api:
            yield error("E023", f"has no {key}.", name, HINT)


def _values(api: Options, name: str) -> Iterator[CheckMessage]:
    for key in NEEDED:
        value = api.get(key, "…")
        if not is_key(value):
            hint = 'Give a text, a callable, or "env:NAME" for a variable.'
            yield error("E024", "must be a text.", f"{name}[{key!r}]", hint)
        elif not callable(value) and not conf.resolve_key(value).strip():
            hint = "The API cannot be asked. Is its environment variable set?"
            yield warning("W004", "is empty.", f"{name}[{key!r}]", hint)
    host = api.get("OAUTH_HOST", "account.docusign.com")
    if not isinstance(host, str) or not host or "/" in host:
        hint = "It is account.docusign.com, or account-d.docusign.com for the demo."
        yield error("E024", "must be a host's name.", f"{name}['OAUTH_HOST']", hint)
    timeout = api.get("TIMEOUT", 1)
    is_number = isinstance(timeout, (int, float)) and not isinstance(timeout, bool)
    if not is_number or not 0 < timeout <= LONGEST:
        text = f"must be a number above 0, and {LONGEST} at most."
        yield error("E024", text, f"{name}['TIMEOUT']", "It is in seconds.")


def _private_key(api: Options, name: str) -> Iterator[CheckMessage]:
    """Check the key, if it is at hand, without showing any of it."""
    try:
        import_string(CLIENT)
        is_rsa_key = import_string(IS_RSA_KEY)
    except ImportError as missing:
        if missing.name is None or missing.name.split(".")[0] not in MODULES:
            raise
        text = f"needs {missing.name}; it is not installed."
        hint = 'Run: pip install "django-docusign-connect[api]"'
        yield error("E026", text, name, hint)
        return
    value = api.get("PRIVATE_KEY", "")
    if not isinstance(value, str):
        return
    key = conf.resolve_key(value).strip().replace("\\n", "\n")
    if key and not is_rsa_key(key):
        text = "is no private RSA key in PEM without a passphrase."
        yield error("E025", text, f"{name}['PRIVATE_KEY']", KEY_HINT)
