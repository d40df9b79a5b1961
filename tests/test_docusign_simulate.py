from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.utils.dateparse import parse_datetime

from django_docusign_connect.simulator import SCENARIOS

from .listening import KEY, listening

DEAD_URL = "http://127.0.0.1:9/"


def simulate(**options: Any) -> str:
    output = StringIO()
    call_command("docusign_simulate", stdout=output, **options)
    return output.getvalue()


def test_run_prints_a_line_for_each_message_and_a_summary() -> None:
    with listening() as listener:
        lines = simulate(url=listener.url, key=[KEY], scenario=["voided"]).splitlines()
    assert re.fullmatch(r"To repeat this run: --seed \d+ --before \S+", lines[0])
    assert len(lines) == 8
    assert lines[1].endswith('attempt 1: acknowledged, 200 {"status": "accepted"}')
    assert lines[-1] == "6 sent, 6 acknowledged, 0 refused, 0 failed."


def test_all_scenarios_are_played_in_turn() -> None:
    with listening() as listener:
        simulate(url=listener.url, key=[KEY], seed=1)
    envelopes = {request.values["data"]["envelopeId"] for request in listener.kept}
    assert len(envelopes) == len(SCENARIOS)


def test_printed_options_repeat_the_run() -> None:
    with listening() as listener:
        first = simulate(url=listener.url, key=[KEY], scenario=["expired"])
        options = first.splitlines()[0].partition(": ")[2].split()
        command = f"docusign_simulate --url {listener.url} --key {KEY}".split()
        command += ["--scenario", "expired", *options]
        call_command(*command, stdout=StringIO())
    sent = [request.body for request in listener.kept]
    assert len(sent) == 8
    assert sent[:4] == sent[4:]


def test_all_has_happened_in_the_weeks_before_the_run() -> None:
    with listening() as listener:
        simulate(url=listener.url, key=[KEY], scenario=["waiting", "voided"], count=3)
    now = datetime.now(timezone.utc)
    times = [
        parse_datetime(request.values["generatedDateTime"]) for request in listener.kept
    ]
    ages = [now - time for time in times if time is not None]
    assert len(ages) == len(listener.kept)
    assert timedelta(0) < min(ages) < timedelta(minutes=1)
    assert timedelta(days=11) < max(ages) < timedelta(days=40)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2026-05-01T12:00Z", "2026-05-01T12:00:00+00:00"),
        ("2026-05-01 12:00", "2026-05-01T12:00:00+00:00"),
        ("2026-05-01T12:00:01.5+02:00", "2026-05-01T12:00:01.500000+02:00"),
    ],
)
def test_moment_is_in_utc_unless_it_says_otherwise(text: str, written: str) -> None:
    output = StringIO()
    with listening() as listener:
        command = f"docusign_simulate --url {listener.url} --key {KEY}".split()
        command += ["--scenario=expired", "--seed=5", f"--before={text}"]
        call_command(*command, stdout=output)
    line = f"To repeat this run: --seed 5 --before {written}"
    assert output.getvalue().splitlines()[0] == line


@pytest.mark.parametrize("text", ["yesterday", "2026-02-30T12:00Z"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(CommandError, match=r"--before: .* is no moment such as"):
        call_command("docusign_simulate", f"--before={text}")


@override_settings(DOCUSIGN_CONNECT={"HMAC_KEYS": [KEY, "another"]})
def test_first_configured_key_signs_by_default() -> None:
    with listening() as listener:
        output = simulate(url=listener.url, scenario=["expired"])
    assert all(request.is_signed() for request in listener.kept)
    assert "X-DocuSign-Signature-2" not in listener.kept[0].headers
    assert KEY not in output


def test_options_are_read_from_the_command_line() -> None:
    with listening() as listener:
        command = (
            f"docusign_simulate --url {listener.url} --key {KEY} --key second"
            " --scenario expired --scenario carbon_copies --format xml --format sim"
            " --count 2 --rate 0 --fault duplicates --fault shuffled --seed 5"
        )
        call_command(*command.split(), stdout=StringIO())
    assert len(listener.kept) == 2 * 2 * (3 + 9 + 4 + 10)


def test_forged_copy_that_is_believed_fails_the_run() -> None:
    with (
        listening(believes_all=True) as listener,
        pytest.raises(CommandError, match="4 failed") as error,
    ):
        simulate(
            url=listener.url, key=[KEY], scenario=["expired"], fault=["wrong-signature"]
        )
    assert error.value.returncode == 1


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let attempts follow each other at once."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)


def end(**options: Any) -> tuple[list[str], CommandError]:
    """Run in vain; return the lines printed, and the error."""
    output = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("docusign_simulate", stdout=output, **options)
    return output.getvalue().splitlines(), error.value


@pytest.mark.usefixtures("hurried")
def test_run_against_no_server_ends_soon_and_says_to_start_it() -> None:
    lines, error = end(url=DEAD_URL, key=[KEY], count=100)
    assert (len(lines), error.returncode) == (1 + 5 * 4 + 1, 1)
    assert lines[-1] == "20 sent, 0 acknowledged, 0 refused, 5 failed."
    assert str(error) == (
        "Stopped: 5 messages in a row had no answer. Start the server, or check --url."
    )


@pytest.mark.usefixtures("hurried")
def test_run_with_a_wrong_key_ends_soon_and_says_to_check_it() -> None:
    with listening() as listener:
        _, error = end(url=listener.url, key=["wrong"], count=100)
    assert len(listener.received) == 5 * 4
    assert error.returncode == 1
    assert str(error) == (
        "Stopped: 5 messages in a row were refused with 401. Check that --key is one of"
        " the listener's HMAC_KEYS."
    )


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("key", [KEY, "wrong"])
def test_forged_copies_that_are_refused_neither_end_a_run_nor_keep_it_going(
    key: str,
) -> None:
    options = {"key": [key], "scenario": ["expired"], "fault": ["wrong-signature"]}
    with listening() as listener:
        if key == KEY:
            assert ", 0 failed." in simulate(url=listener.url, count=5, **options)
        else:
            _, error = end(url=listener.url, count=5, **options)
            assert "refused with 401" in str(error)


@pytest.mark.usefixtures("hurried")
def test_run_goes_on_while_messages_fail_for_other_reasons_or_not_in_a_row() -> None:
    lost = [401] * 4 * 4
    with listening(*lost, 200, *lost, *[500] * 4 * 8) as listener:
        _, error = end(url=listener.url, key=[KEY], count=5, scenario=["expired"])
    assert len(listener.received) == 4 * 16 + 4
    assert str(error).startswith("16 failed")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"url": "ftp://example.com/"}, "--url: .* http"),
        ({"url": "docusign/connect/"}, "--url: .* http"),
        ({"url": "http:///"}, "--url: .* http"),
        ({"url": "http://localhost:99999/"}, "--url: .* http"),
        ({"url": "http://localhost/é"}, "--url: .* http"),
        ({"url": "http://localhost/a b"}, "--url: .* http"),
        ({"url": "http://ada:pass@localhost/"}, "--url: .* without user name"),
        ({"key": []}, "--key: no HMAC key"),
        ({"key": [""]}, "--key: no HMAC key"),
        ({"scenario": ["eaten"]}, "--scenario: there is no 'eaten'; use signed-by-two"),
        ({"scenario": []}, "--scenario: name at least one"),
        ({"format": ["yaml"]}, "--format: there is no 'yaml'; use sim"),
        ({"format": []}, "--format: name at least one"),
        ({"fault": ["rain"]}, "--fault: there is no 'rain'; use duplicates"),
        ({"count": 0}, "--count: 0"),
        ({"before": datetime(1999, 1, 1, tzinfo=timezone.utc)}, "--before: 1999-01-01"),
        ({"before": datetime(9999, 1, 1, tzinfo=timezone.utc)}, "--before: 9999-01-01"),
        ({"rate": -1.0}, "--rate: -1.0"),
    ],
)
def test_bad_use_is_explained(options: dict[str, Any], words: str) -> None:
    with pytest.raises(CommandError, match=words) as error:
        simulate(**{"url": DEAD_URL, "key": [KEY]} | options)
    assert error.value.returncode == 2
    assert "ada" not in str(error.value)
    assert "pass@" not in str(error.value)


@override_settings(DOCUSIGN_CONNECT={})
def test_run_without_any_key_is_bad_use() -> None:
    with pytest.raises(CommandError, match="set HMAC_KEYS") as error:
        simulate(url=DEAD_URL)
    assert error.value.returncode == 2
