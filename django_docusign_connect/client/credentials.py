"""With what a listener asks DocuSign's API, from its option ``API``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django_docusign_connect.conf import ConnectSettings, get_settings, read_key

OAUTH_HOST = "account.docusign.com"
TIMEOUT = 20
SCOPES = ("signature", "impersonation")
#: Where DocuSign leads to once consent is given; registered with the integration key.
REDIRECT_URI = "https://www.docusign.com"


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """An integration key, the user for whom it acts, and the key that it signs with."""

    integration_key: str
    user_id: str
    private_key: str = field(repr=False)
    oauth_host: str = OAUTH_HOST

    @property
    def is_complete(self) -> bool:
        return all((self.integration_key, self.user_id, self.private_key))

    @property
    def consent_url(self) -> str:
        """Where the user allows the integration key to act for it, once."""
        asked = {
            "response_type": "code",
            "scope": " ".join(SCOPES),
            "client_id": self.integration_key,
            "redirect_uri": REDIRECT_URI,
        }
        return f"https://{self.oauth_host}/oauth/auth?{urlencode(asked)}"


@dataclass(frozen=True, kw_only=True)
class Access:
    """A listener through which the API is asked, and what it sets for that."""

    listener: str
    settings: ConnectSettings

    @property
    def timeout(self) -> float:
        """Seconds that all which one refresh asks may take."""
        return float(self.settings.API.get("TIMEOUT", TIMEOUT))

    def credentials(self) -> Credentials:
        """Read the credentials; what cannot be read is empty, and told in the log."""
        options = self.settings.API
        return Credentials(
            integration_key=_read(options, "INTEGRATION_KEY"),
            user_id=_read(options, "USER_ID"),
            # In a variable of the environment, line breaks are often written so.
            private_key=_read(options, "PRIVATE_KEY").replace("\\n", "\n"),
            oauth_host=options.get("OAUTH_HOST") or OAUTH_HOST,
        )


def get_access(account_id: str) -> Access | None:
    """Return the first listener with an API that accepts an account; None: none does.

    Reads no key, which may be in a vault.
    """
    for slug, settings in get_settings().listeners().items():
        is_set_up = isinstance(settings.API, Mapping) and settings.API
        if is_set_up and settings.accepts(account_id):
            return Access(listener=slug, settings=settings)
    return None


def _read(options: Mapping[str, Any], name: str) -> str:
    return read_key(options.get(name, ""), f"{name} of API").strip()
