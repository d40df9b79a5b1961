"""Compares what messages told of envelopes with what the rows say of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from django_docusign_connect.simulator import Moment
from tests.chaos.load import Told
from tests.chaos.rows import Fact, Rows

#: What a snapshot tells of and has neither a date nor a status for.
UNSHOWN = {"recipient-authenticationfailed"}


def fact(moment: Moment) -> Fact:
    """Return what a moment is about."""
    recipient_id, envelope = moment.recipient_id, moment.envelope
    guid = envelope.recipient(recipient_id).guid if recipient_id else ""
    return Fact(envelope.envelope_id, moment.event, guid)


def missing(told: Iterable[Told], rows: Rows) -> Iterator[str]:
    """Yield the facts that were told of and are in no envelope's timeline."""
    wanted: Counter[Fact] = Counter()
    for one in told:
        moment = one.message.moment
        if one.message.format == "sim":
            wanted[fact(moment)] += 1
        elif moment.event not in UNSHOWN:
            # A snapshot shows that something happened, and not how often.
            wanted[fact(moment)] = 1
    for what, count in (wanted - _known(rows)).items():
        yield f"{count} of {wanted[what]} {what}"


def repeated(told: Iterable[Told], rows: Rows) -> Iterator[str]:
    """Yield the facts that are more events than there were moments.

    SIM states each fact in a message of its own. A snapshot shows what happened
    before it, too, whether or not that was told.
    """
    possible: Counter[Fact] = Counter()
    stories = {}
    for one in told:
        if one.message.format == "sim":
            possible[fact(one.message.moment)] += 1
        else:
            stories[one.message.moment.envelope.envelope_id] = one.story
    for story in stories.values():
        possible.update(map(fact, story))
    for what, count in (_known(rows) - possible).items():
        yield f"{count} more than {possible[what]} {what}"


def wrong_statuses(told: Iterable[Told], rows: Rows) -> Iterator[str]:
    """Yield the statuses that are not those of the newest moment told."""
    moments: defaultdict[str, list[Moment]] = defaultdict(list)
    for one in told:
        moment = one.message.moment
        moments[moment.envelope.envelope_id].append(moment)
    for envelope_id, of_one in moments.items():
        envelope = max(of_one, key=lambda moment: moment.generated_at).envelope
        wanted = {
            "": envelope.status,
            **{r.guid: r.status for r in envelope.recipients},
        }
        for guid, status in wanted.items():
            found = rows.statuses.get((envelope_id, guid))
            if found != status:
                what = f"recipient {guid} of envelope" if guid else "envelope"
                yield f"{what} {envelope_id} is {found}, not {status}"


def _known(rows: Rows) -> Counter[Fact]:
    return Counter(rows.events.values())
