from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone

import pytest

from django_docusign_connect.simulator import SCENARIOS, Moment, choose_seed, tell

EVERY_SCENARIO = pytest.mark.parametrize("scenario", SCENARIOS)
SEEDS = range(8)
NOON = datetime(2026, 5, 1, 12, 0, 0, 123456, tzinfo=timezone.utc)


def events(scenario: str, *, seed: int = 1) -> list[str]:
    return [
        f"{moment.event} {moment.recipient_id}".strip()
        for moment in tell(scenario, seed=seed)
    ]


def last(scenario: str, *, seed: int = 1) -> Moment:
    return tell(scenario, seed=seed)[-1]


@EVERY_SCENARIO
def test_same_seed_tells_the_same_story(scenario: str) -> None:
    assert tell(scenario, seed=7, index=3) == tell(scenario, seed=7, index=3)


def test_seeds_indexes_and_scenarios_tell_of_different_envelopes() -> None:
    stories = [
        tell(scenario, seed=seed, index=index)
        for scenario in SCENARIOS
        for seed in SEEDS
        for index in range(3)
    ]
    assert len({story[0].envelope.envelope_id for story in stories}) == len(stories)


@pytest.mark.parametrize("seed", [0, -1, 10**30])
def test_any_number_is_a_seed(seed: int) -> None:
    assert tell("expired", seed=seed) == tell("expired", seed=seed)


@EVERY_SCENARIO
def test_each_moment_is_generated_after_the_one_before_and_what_it_tells(
    scenario: str,
) -> None:
    for seed in SEEDS:
        moments = tell(scenario, seed=seed)
        times = [moment.generated_at for moment in moments]
        assert times == sorted(set(times))
        assert all(m.generated_at > m.envelope.last_modified_at for m in moments)


@EVERY_SCENARIO
def test_dates_are_to_the_millisecond(scenario: str) -> None:
    envelope = last(scenario).envelope
    dates = [envelope.created_at, envelope.sent_at, envelope.status_changed_at]
    assert all(date is not None and date.microsecond % 1000 == 0 for date in dates)


@EVERY_SCENARIO
def test_a_final_status_is_the_end_of_the_story(scenario: str) -> None:
    for seed in SEEDS:
        final = [
            moment
            for moment in tell(scenario, seed=seed)
            if moment.envelope.status in ("completed", "declined", "voided")
        ]
        assert len(final) <= 1


@EVERY_SCENARIO
def test_everyone_has_an_address_that_nobody_owns(scenario: str) -> None:
    envelope = last(scenario).envelope
    people = [envelope.sender, *(r.person for r in envelope.recipients)]
    assert all(person.email.endswith("@example.com") for person in people)


def test_second_signer_is_sent_it_once_the_first_has_signed() -> None:
    assert events("signed-by-two") == [
        "envelope-created",
        "recipient-sent 1",
        "envelope-sent",
        "recipient-delivered 1",
        "envelope-delivered",
        "recipient-completed 1",
        "recipient-sent 2",
        "envelope-sent",
        "recipient-delivered 2",
        "envelope-delivered",
        "recipient-completed 2",
        "envelope-completed",
    ]


def test_next_step_sends_the_envelope_anew_and_keeps_when_it_was_first_sent() -> None:
    moments = tell("signed-by-two", seed=1)
    first, second = (m.envelope for m in moments if m.event == "envelope-sent")
    assert second.status == "sent"
    assert first.sent_at
    assert second.sent_at
    assert second.sent_at > first.sent_at
    assert second.initial_sent_at == first.sent_at
    assert (first.current_routing_order, second.current_routing_order) == (1, 2)


def test_one_of_two_declines_with_a_reason() -> None:
    moment = last("declined")
    assert moment.event == "envelope-declined"
    statuses = [(r.status, r.declined_reason) for r in moment.envelope.recipients]
    assert statuses == [
        ("completed", ""),
        ("declined", "Die Miete ist zu hoch für mich."),
    ]


def test_envelope_is_delivered_when_both_have_opened_it() -> None:
    story = events("declined")
    assert story.index("envelope-delivered") > story.index("recipient-delivered 2")


def test_sender_voids_with_a_reason() -> None:
    moment = last("voided")
    assert (moment.event, moment.envelope.status) == ("envelope-voided", "voided")
    assert moment.envelope.voided_reason.startswith("Sent by mistake")


def test_expired_envelope_is_voided_on_the_day_and_says_that_it_expired() -> None:
    moment = last("expired")
    assert moment.event == "envelope-voided"
    assert "expired" in moment.envelope.voided_reason
    assert moment.envelope.voided_at
    assert moment.envelope.expires_at
    late = moment.envelope.voided_at - moment.envelope.expires_at
    assert timedelta(0) < late < timedelta(hours=1)


def test_corrected_envelope_is_resent_to_the_new_address_and_signed() -> None:
    moments = tell("corrected", seed=1)
    names = [moment.event for moment in moments]
    corrected = moments[names.index("envelope-corrected")].envelope
    resent = moments[names.index("envelope-resent")].envelope
    assert (corrected.status, resent.status) == ("correct", "sent")
    addresses = {m.envelope.recipients[0].person.email for m in moments}
    assert len(addresses) == 2
    assert moments[-1].envelope.status == "completed"


def test_failed_authentication_is_followed_by_success_in_some_stories() -> None:
    stories = [events("authentication-failed", seed=seed) for seed in SEEDS]
    assert all("recipient-authenticationfailed 1" in story for story in stories)
    assert {"envelope-completed" in story for story in stories} == {True, False}


def test_carbon_copy_is_completed_without_being_delivered_or_signed() -> None:
    copy = last("carbon-copies").envelope.recipient("2")
    assert (copy.kind, copy.status) == ("carbonCopy", "completed")
    assert copy.sent_at is not None
    assert copy.delivered_at is None
    assert copy.signed_at is None


def test_certificate_joins_the_documents_on_completion() -> None:
    moments = tell("with-documents", seed=1)
    before, after = moments[-2].envelope.documents, moments[-1].envelope.documents
    assert [d.document_id for d in before] == ["1", "2"]
    assert [d.document_id for d in after] == ["1", "2", "certificate"]
    assert all(d.content.startswith(b"%PDF-1.4") for d in after)


def test_documents_are_as_large_as_wanted() -> None:
    moments = tell("with-documents", seed=1, document_size=3_000_000)
    size = len(moments[-1].envelope.documents[0].content)
    assert 3_000_000 <= size < 3_001_000


def test_pdf_says_where_each_of_its_objects_begins() -> None:
    content = last("with-documents").envelope.documents[0].content
    table = int(content.split(b"startxref\n")[1].split()[0])
    rows = content[table:].split(b"trailer")[0].splitlines()[3:]
    assert len(rows) == 6
    for number, row in enumerate(rows, start=1):
        offset = int(row.split()[0])
        assert content[offset:].startswith(b"%d 0 obj\n" % number)


def test_each_millisecond_has_a_seed_of_its_own() -> None:
    first = choose_seed()
    time.sleep(0.002)
    assert choose_seed() > first


@EVERY_SCENARIO
def test_story_ends_shortly_before_a_moment_or_days_before(scenario: str) -> None:
    for seed in SEEDS:
        since = NOON - tell(scenario, seed=seed, before=NOON)[-1].generated_at
        if scenario == "waiting":
            assert timedelta(days=1) < since < timedelta(days=9, minutes=1)
        else:
            assert timedelta(0) < since < timedelta(milliseconds=5)


@EVERY_SCENARIO
def test_another_moment_moves_a_story_and_changes_nothing_else(scenario: str) -> None:
    zone = timezone(timedelta(hours=5))
    later = (NOON + timedelta(days=400)).astimezone(zone)
    early = tell(scenario, seed=3, before=NOON)
    late = tell(scenario, seed=3, before=later)
    for one, other in zip(early, late, strict=True):
        assert other.generated_at - one.generated_at == timedelta(days=400)
        assert other.generated_at.tzinfo is timezone.utc
        assert one.envelope.recipients[0].person == other.envelope.recipients[0].person
        assert one.envelope.envelope_id == other.envelope.envelope_id
        apart = other.envelope.created_at - one.envelope.created_at
        assert apart == timedelta(days=400)


def test_people_take_minutes_to_days() -> None:
    stories = [tell("with-documents", seed=seed)[-1].envelope for seed in range(50)]
    taken = [
        envelope.completed_at - envelope.initial_sent_at
        for envelope in stories
        if envelope.completed_at and envelope.initial_sent_at
    ]
    assert timedelta(minutes=5) < min(taken) < timedelta(hours=1)
    assert timedelta(days=1) < max(taken) < timedelta(days=4)


def test_some_wait_unopened_some_opened_and_some_for_the_second() -> None:
    stories = [events("waiting", seed=seed) for seed in range(20)]
    assert {story[-2] for story in stories} == {
        "recipient-sent 1",
        "recipient-delivered 1",
        "recipient-sent 2",
    }


def test_unknown_scenario_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="eaten"):
        tell("eaten", seed=1)
