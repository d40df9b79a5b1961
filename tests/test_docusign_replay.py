"""``docusign_replay``: stored messages are processed again, and said to be replays."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from django_docusign_connect import signals
from django_docusign_connect.models import ConnectMessage, Envelope, EnvelopeEvent
from tests.admin_pages import document
from tests.bodies import ENVELOPE_ID, aggregate, click, sim

pytestmark = pytest.mark.django_db

SHOWN: dict[str, Any] = {
    "sentDateTime": "2024-05-06T07:08:09Z",
    "lastModifiedDateTime": "2024-05-06T07:08:10Z",
    "recipients": {"signers": [{"recipientId": "1", "status": "sent"}]},
    "envelopeDocuments": [document()],
    "customFields": {"textCustomFields": [{"name": "lease", "value": "7"}]},
}


def replay(**options: Any) -> str:
    out = StringIO()
    call_command("docusign_replay", stdout=out, **options)
    return out.getvalue()


def test_processed_message_is_announced_again_as_a_replay(
    post: Callable[..., Any], hear: Callable[..., Any]
) -> None:
    heard = hear(signals.envelope_sent)
    post(sim("envelope-sent"))
    message = ConnectMessage.objects.get()
    assert replay(id=[message.pk]).startswith(f"{message.pk} envelope-sent: replayed")
    assert [one["is_replay"] for one in heard] == [False, True]
    assert EnvelopeEvent.objects.count() == 1


def test_second_replay_is_announced_once_more(
    post: Callable[..., Any], hear: Callable[..., Any]
) -> None:
    heard = hear(signals.envelope_sent)
    post(sim("envelope-sent"))
    for _ in range(2):
        replay(event="envelope-sent")
    assert [one["is_replay"] for one in heard] == [False, True, True]


def envelope() -> dict[str, Any]:
    """Return all that the envelope's row holds."""
    return dict(vars(Envelope.objects.get()), _state=None)


@pytest.mark.parametrize(
    "body", [sim("recipient-sent", recipientId="1"), aggregate("sent", **SHOWN)]
)
def test_replay_changes_no_envelope_of_which_it_says_nothing_new(
    post: Callable[..., Any], body: bytes
) -> None:
    post(body)
    before = envelope()
    replay(status="processed")
    assert envelope() == before


def test_message_whose_facts_another_brought_first_is_replayed_too(
    post: Callable[..., Any], hear: Callable[..., Any]
) -> None:
    heard = hear(signals.envelope_completed)
    post(sim("envelope-completed"))
    post(aggregate("completed", completedDateTime="2022-09-22T15:22:53Z"))
    second = ConnectMessage.objects.order_by("pk").last()
    assert second is not None
    replay(id=[second.pk])
    assert [one["message"].pk for one in heard][-1] == second.pk
    assert len(heard) == 2


def test_message_about_no_envelope_is_replayed(
    post: Callable[..., Any], hear: Callable[..., Any]
) -> None:
    heard = hear(signals.click_agreed)
    post(click())
    replay(event="click-agreed")
    assert [one["is_replay"] for one in heard] == [False, True]


@pytest.mark.parametrize(
    "choice",
    [
        {"envelope": ENVELOPE_ID},
        {"status": "processed"},
        {"since": "2020-01-01"},
        {"until": "2999-01-01T00:00:00Z"},
        {"since": "2020-01-01T10:00", "event": "envelope-sent"},
    ],
)
def test_each_option_chooses_messages(
    post: Callable[..., Any], hear: Callable[..., Any], choice: dict[str, str]
) -> None:
    heard = hear(signals.envelope_sent)
    post(sim("envelope-sent"))
    arguments = [
        text for name, value in choice.items() for text in (f"--{name}", value)
    ]
    call_command("docusign_replay", *arguments, stdout=StringIO())
    assert len(heard) == 2


def test_dry_run_names_the_messages_and_processes_none(
    post: Callable[..., Any], hear: Callable[..., Any]
) -> None:
    heard = hear(signals.envelope_sent)
    post(sim("envelope-sent"))
    assert "would be replayed" in replay(status="processed", dry_run=True)
    assert len(heard) == 1


def test_message_that_was_never_processed_is_announced_as_new(
    post: Callable[..., Any], hear: Callable[..., Any], configure: Callable[..., None]
) -> None:
    configure(PROCESSOR="deferred")
    heard = hear(signals.envelope_sent)
    post(sim("envelope-sent"))
    replay(status="pending")
    assert [one["is_replay"] for one in heard] == [False]


def test_failed_message_exits_with_one(
    post: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    post(b"{broken")
    with pytest.raises(SystemExit) as ended:
        replay(status="failed")
    assert ended.value.code == 1


def test_message_whose_body_was_pruned_is_skipped(post: Callable[..., Any]) -> None:
    post(sim("envelope-sent"))
    ConnectMessage.objects.update(inline_body=None)
    assert "skipped, its body was pruned" in replay(status="processed")


def test_message_that_a_worker_holds_is_skipped(
    post: Callable[..., Any], configure: Callable[..., None]
) -> None:
    configure(PROCESSOR="deferred")
    post(sim("envelope-sent"))
    ConnectMessage.objects.claim_due(limit=1, seconds=60)
    assert "skipped, a worker holds it" in replay(status="pending")


def test_choice_that_fits_nothing_says_so() -> None:
    assert replay(event="envelope-sent") == "No such message.\n"


def test_no_choice_is_bad_use() -> None:
    with pytest.raises(CommandError, match="Choose the messages") as error:
        replay()
    assert error.value.returncode == 2


@pytest.mark.parametrize("number", [2**63, 2**64, -(2**70), 0, -1])
def test_number_that_is_no_id_is_bad_use(number: int) -> None:
    with pytest.raises(CommandError, match=f"--id: {number} is no") as error:
        replay(id=[1, number])
    assert error.value.returncode == 2


def test_greatest_id_is_looked_for() -> None:
    assert replay(id=[2**63 - 1]) == "No such message.\n"


@pytest.mark.parametrize("until", ["2026-05-01", "2026-05-01T00:00"])
def test_period_that_ends_before_it_begins_is_bad_use(until: str) -> None:
    arguments = ["--since", "2026-05-01T00:00", "--until", until]
    with pytest.raises(CommandError, match="--until must be later than") as error:
        call_command("docusign_replay", *arguments)
    assert error.value.returncode == 2


@pytest.mark.parametrize("time", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("option", ["--since", "--until"])
def test_first_and_last_day_are_times_like_any_other(
    post: Callable[..., Any], option: str, time: str
) -> None:
    post(sim("envelope-sent"))
    out = StringIO()
    call_command("docusign_replay", option, time, "--dry-run", stdout=out)
    is_chosen = (option == "--since") == time.startswith("0001")
    assert ("would be replayed" in out.getvalue()) == is_chosen


def test_summary_says_what_became_of_how_many(post: Callable[..., Any]) -> None:
    for number in range(4):
        post(sim("envelope-resent", generated=f"2022-09-22T15:22:0{number}Z"))
    first, second, *_ = ConnectMessage.objects.order_by("pk")
    ConnectMessage.objects.filter(pk__in=[first.pk, second.pk]).update(inline_body=None)
    summary = replay(event="envelope-resent").splitlines()[-1]
    assert summary == "2 replayed; 2 skipped, its body was pruned."


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--since", "yesterday"], "is no date like"),
        (["--since", "2026-02-31"], "2026-02-31"),
        (["--until", "9999-12-31T23:59"], "9999-12-31T23:59.*out of range"),
        (["--since", "0001-01-01T00:00+14:00"], "0001-01-01.*out of range"),
        (["--envelope", "123"], "invalid UUID"),
        (["--status", "gone"], "invalid choice"),
        (["--id", "x"], "invalid int"),
    ],
)
def test_wrong_value_is_bad_use(arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("docusign_replay", *arguments)
