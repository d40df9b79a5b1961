"""Messages: a moment in one of Connect's four formats, as the bytes that are sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from . import wire_json, wire_xml
from .story import Moment

#: Events that a snapshot can tell of: those that an account may choose for the
#: aggregate and XML formats (``envelopeEvents`` and ``recipientEvents``).
SNAPSHOT_EVENTS = frozenset(
    {
        "envelope-sent",
        "envelope-delivered",
        "envelope-completed",
        "envelope-declined",
        "envelope-voided",
        "recipient-sent",
        "recipient-delivered",
        "recipient-completed",
        "recipient-declined",
        "recipient-authenticationfailed",
    }
)

SNAPSHOTS: dict[str, Callable[[Moment], bytes]] = {
    "aggregate": wire_json.write_aggregate,
    "xml": wire_xml.write_xml,
    "soap": wire_xml.write_soap,
}
FORMATS = ("sim", *SNAPSHOTS)


@dataclass(frozen=True, kw_only=True)
class Message:
    """What Connect says of a moment, in a format of ``FORMATS``.

    ``has_summary`` is for JSON SIM alone: whether the configuration asks for data,
    without which there is no ``envelopeSummary``.
    """

    moment: Moment
    format: str = "sim"
    has_summary: bool = True

    def body(self, *, retry_count: int = 0) -> bytes:
        """Return the bytes sent; only JSON SIM says in them which retry it is."""
        if self.format == "sim":
            return wire_json.write_sim(
                self.moment, retry_count=retry_count, has_summary=self.has_summary
            )
        return SNAPSHOTS[self.format](self.moment)

    @property
    def headers(self) -> dict[str, str]:
        if self.format in ("sim", "aggregate"):
            return {"Content-Type": "application/json; charset=utf-8"}
        headers = {"Content-Type": "text/xml; charset=utf-8"}
        if self.format == "soap":
            headers["SOAPAction"] = f'"{wire_xml.NAMESPACE}/{wire_xml.OPERATION}"'
        return headers


def write_messages(
    moments: Iterable[Moment], format_name: str = "sim", *, has_summary: bool = True
) -> Iterator[Message]:
    """Give the messages of those moments that the format can tell of."""
    for moment in moments:
        if format_name == "sim" or moment.event in SNAPSHOT_EVENTS:
            yield Message(moment=moment, format=format_name, has_summary=has_summary)
