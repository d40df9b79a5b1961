"""The chaos harness in its short form, ten seeds over all databases; its auditor."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from django.db import connection

from django_docusign_connect.simulator import tell, write_messages
from tests.chaos.actors import Actor, Kill
from tests.chaos.auditor import RECEIVERS, Verdict, audit
from tests.chaos.facts import fact
from tests.chaos.load import Told
from tests.chaos.rows import Heard, Rows
from tests.chaos.trace import Call, read_calls
from tests.processes import wait_for

ROOT = Path(__file__).parent.parent
RUN_SECONDS = 150


class Share(NamedTuple):
    """A database's share of the ten seeds; ``variable`` names it to the harness."""

    database: str
    variable: str
    first: int
    seeds: int


SHARES = {
    "sqlite": Share("sqlite", "DATABASE_URL", 1, 4),
    "postgresql": Share("postgresql", "TEST_POSTGRESQL_URL", 5, 3),
    "mysql": Share("mariadb", "TEST_MARIADB_URL", 8, 3),
}


def test_nothing_is_lost_and_nothing_announced_twice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    share = SHARES[connection.vendor]
    options = ("--messages=120", "--faults=6", f"--seeds={share.seeds}")
    chosen = (f"--first={share.first}", f"--database={share.database}")
    with subprocess.Popen(
        (sys.executable, "-m", "tests.chaos", *options, *chosen),
        cwd=ROOT,
        env={**os.environ, share.variable: os.environ.get("DATABASE_URL", "")},
        stdout=subprocess.PIPE,
        text=True,
    ) as harness:
        try:
            table, _ = harness.communicate(timeout=share.seeds * RUN_SECONDS)
        finally:
            # Unlike a kill, this lets it end what it started.
            harness.terminate()
    with capsys.disabled():
        sys.stdout.write(f"\n{table}")
    assert harness.returncode == 0
    assert len(table.splitlines()) == 1 + share.seeds


# The auditor, on a run in which all is well but for one thing.


def acknowledged(format_name: str = "sim") -> list[Told]:
    moments = tell("voided", seed=1)
    return [
        Told(message, moments, digests={str(number)}, is_acknowledged=True)
        for number, message in enumerate(write_messages(moments, format_name))
    ]


STORY = acknowledged()
EVENTS = {number: fact(told.message.moment) for number, told in enumerate(STORY)}
KILL = Kill(at=110.0, number=7)


def rows() -> Rows:
    """Return all that should be kept of the story."""
    last = STORY[-1].message.moment.envelope
    return Rows(
        messages={str(number): ["processed"] for number in EVENTS},
        events=dict(EVENTS),
        runs={
            (event, name): Heard("succeeded", 1)
            for event in EVENTS
            for name in RECEIVERS
        },
        statuses={
            (last.envelope_id, ""): last.status,
            **{(last.envelope_id, r.guid): r.status for r in last.recipients},
        },
    )


def call(event: int = 0, receiver: str = "quick", *, process: int = 8) -> Call:
    ended_at = 100.0 if process == 8 else 109.5
    return Call(event, receiver, process, process, ended_at - 0.5, ended_at)


def calls() -> list[Call]:
    return [call(event, name) for event in EVENTS for name in RECEIVERS]


def numbers(verdict: Verdict) -> tuple[int, int, int]:
    return verdict.lost, verdict.announced_twice, verdict.excused


def test_run_in_which_all_is_well_has_no_complaints() -> None:
    verdict = audit(STORY, rows(), calls(), [])
    assert numbers(verdict) == (0, 0, 0)
    assert verdict.complaints == []
    assert verdict.stored == verdict.applied == verdict.acknowledged == len(STORY)
    assert verdict.announced == len(STORY) * len(RECEIVERS)


def test_acknowledged_message_that_is_not_stored_is_lost() -> None:
    kept = rows()
    del kept.messages["1"]
    assert numbers(audit(STORY, kept, calls(), [])) == (1, 0, 0)


@pytest.mark.parametrize("status", ["pending", "failed", "abandoned", "ignored"])
def test_acknowledged_message_that_is_not_processed_is_lost(status: str) -> None:
    kept = rows()
    kept.messages["1"] = [status]
    assert numbers(audit(STORY, kept, calls(), [])) == (1, 0, 0)


def test_message_that_is_stored_twice_is_told() -> None:
    kept = rows()
    kept.messages["1"] = ["processed", "processed"]
    (complaint,) = audit(STORY, kept, calls(), []).complaints
    assert complaint.endswith("is stored as processed, processed")


def test_fact_that_is_not_in_the_timeline_is_lost() -> None:
    kept = rows()
    del kept.events[1]
    told = [call for call in calls() if call.event != 1]
    assert numbers(audit(STORY, kept, told, [])) == (1, 0, 0)


def test_fact_that_is_another_recipients_is_lost_and_one_too_many() -> None:
    kept = rows()
    kept.events[1] = kept.events[1]._replace(recipient="somebody")
    assert numbers(audit(STORY, kept, calls(), [])) == (1, 1, 0)


@pytest.mark.parametrize("format_name", ["sim", "aggregate"])
def test_fact_that_has_become_two_events_is_announced_twice(format_name: str) -> None:
    kept = rows()
    new = len(EVENTS)
    kept.events[new] = EVENTS[0]
    kept.runs.update({(new, name): Heard("succeeded", 1) for name in RECEIVERS})
    again = [call(new, name) for name in RECEIVERS]
    told = acknowledged(format_name)
    assert numbers(audit(told, kept, [*calls(), *again], [])) == (0, 1, 0)


def test_status_that_is_not_the_last_one_told_is_lost() -> None:
    for key in rows().statuses:
        kept = rows()
        kept.statuses[key] = "created"
        assert numbers(audit(STORY, kept, calls(), [])) == (1, 0, 0)


def test_event_that_was_heard_of_and_is_not_kept_is_told() -> None:
    verdict = audit(STORY, rows(), [*calls(), call(99)], [])
    assert verdict.complaints == ["quick heard of event 99, which is no row"]


def test_run_that_is_not_recorded_is_told() -> None:
    kept = rows()
    kept.runs[(0, "slow")] = Heard("failed", 1)
    (complaint,) = audit(STORY, kept, calls(), []).complaints
    assert complaint.startswith("no successful run is recorded: slow of")


def test_event_that_a_receiver_never_heard_of_is_lost() -> None:
    assert numbers(audit(STORY, rows(), calls()[1:], [])) == (1, 0, 0)
    assert numbers(audit(STORY, rows(), [*calls()[1:], interrupted()], [])) == (1, 0, 0)


def interrupted() -> Call:
    return Call(0, "quick", 7, 7, 109.5)


def test_second_call_is_announced_twice_unless_the_first_was_killed() -> None:
    assert numbers(audit(STORY, rows(), [call(), *calls()], [KILL])) == (0, 1, 0)
    killed = call(process=7)
    assert numbers(audit(STORY, rows(), [killed, *calls()], [KILL])) == (0, 0, 1)
    assert numbers(audit(STORY, rows(), [interrupted(), *calls()], [KILL])) == (0, 0, 1)
    assert numbers(audit(STORY, rows(), [killed, killed, *calls()], [])) == (0, 2, 0)


def test_call_that_ended_well_before_the_kill_excuses_nothing() -> None:
    late = Kill(at=120.0, number=7)
    twice = [call(process=7), *calls()]
    assert numbers(audit(STORY, rows(), twice, [late])) == (0, 1, 0)


def test_call_that_was_recorded_before_the_kill_excuses_nothing() -> None:
    kept = rows()
    kept.runs[(0, "quick")] = Heard("succeeded", 2)
    twice = [call(process=7), *calls()]
    assert numbers(audit(STORY, kept, twice, [KILL])) == (0, 1, 0)


def test_call_that_raised_is_no_announcement() -> None:
    failed = call()
    failed.has_failed = True
    kept = rows()
    kept.runs[(0, "quick")] = Heard("succeeded", 2)
    assert numbers(audit(STORY, kept, [failed, *calls()], [])) == (0, 0, 0)


def test_process_that_ends_by_itself_is_noted(tmp_path: Path) -> None:
    actor = Actor("this", environment=os.environ, log=tmp_path / "log")
    actor.start()
    wait_for(lambda: not actor.is_running)
    actor.end()
    assert actor.deaths == [0]


def test_trace_tells_calls_of_threads_apart(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    trace.write_text(
        "1.0 5 7 70 begin quick 3\n"
        "1.1 5 7 71 begin flaky 4\n"
        "1.2 5 7 71 failed flaky 4\n"
        "1.3 5 7 70 end quick 3\n"
        "1.4 5 7 70 begin slow 3\n"
    )
    assert read_calls(trace) == [
        Call(3, "quick", 5, 7, 1.0, 1.3),
        Call(4, "flaky", 5, 7, 1.1, 1.2, has_failed=True),
        Call(3, "slow", 5, 7, 1.4),
    ]
