"""The tokens that this process has from DocuSign, until shortly before they end."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from uuid import UUID

from django_docusign_connect.client.credentials import Credentials
from django_docusign_connect.client.failures import NoAccess

#: Seconds before its end at which a token is not used any more.
MARGIN = 300


@dataclass(frozen=True, kw_only=True)
class Session:
    """A token, and at which addresses DocuSign has the accounts it is good for."""

    token: str = field(repr=False)
    #: By ``time.monotonic``.
    ends_at: float
    #: By the IDs of the accounts, in small letters, the user's default first.
    base_uris: Mapping[str, str]

    def account(self, account_id: str) -> tuple[str, str]:
        """Return an account's ID and address; NoAccess if the user is not in it.

        The user's default account, if all that is known is no GUID: of XML's messages,
        many name no account, and the others give its number.
        """
        default = next(iter(self.base_uris), "")
        known = account_id.lower() if _is_guid(account_id) else default
        if known not in self.base_uris:
            raise NoAccess
        return known, self.base_uris[known]


_kept: dict[Credentials, Session] = {}
_lock = Lock()


def keep(
    credentials: Credentials, begin: Callable[[], Session]
) -> tuple[Session, bool]:
    """Return a session, and whether it was there before; one thread begins it."""
    with _lock:
        now = time.monotonic()
        for known in [known for known, one in _kept.items() if one.ends_at <= now]:
            del _kept[known]
        if credentials in _kept:
            return _kept[credentials], True
        _kept[credentials] = session = begin()
        return session, False


def forget(credentials: Credentials, session: Session) -> None:
    """Drop a session that DocuSign does not accept any more."""
    with _lock:
        if _kept.get(credentials) is session:
            del _kept[credentials]


def _is_guid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
