"""``docusign_process``: what is due is processed, by one worker, whatever is killed."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from django_docusign_connect import signals
from django_docusign_connect.models import ConnectMessage, ReceiverRun
from tests.bodies import sim
from tests.processes import Traced, wait_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Traced]:
    traced = Traced(tmp_path / "trace")
    yield traced
    traced.end()


@pytest.fixture
def deferred(configure: Callable[..., None]) -> None:
    configure(PROCESSOR="deferred", RETRY_DELAYS=[60])


@pytest.mark.usefixtures("deferred")
def test_deferred_message_waits_until_the_command_runs(
    post: Callable[..., Any], hear: Callable[..., Any]
) -> None:
    heard = hear(signals.envelope_sent)
    post(sim("envelope-sent"))
    assert (ConnectMessage.objects.get().status, heard) == ("pending", [])
    out = StringIO()
    call_command("docusign_process", stdout=out)
    assert ConnectMessage.objects.get().status == "processed"
    assert len(heard) == 1
    assert out.getvalue() == "Processed 1 message(s), 0 failed.\n"


@pytest.mark.usefixtures("deferred")
def test_failure_is_told_by_the_exit_code_and_tried_again_when_due(
    post: Callable[..., Any],
) -> None:
    post(b"{broken")
    with pytest.raises(SystemExit) as ended:
        call_command("docusign_process", stdout=StringIO())
    assert ended.value.code == 1
    message = ConnectMessage.objects.get()
    assert message.status == "failed"
    assert message.next_attempt_at is not None
    assert message.next_attempt_at > timezone.now() + timedelta(seconds=50)
    call_command("docusign_process", stdout=StringIO())
    message.refresh_from_db()
    assert message.attempts == 1


@pytest.mark.usefixtures("deferred")
def test_message_that_keeps_failing_is_abandoned(post: Callable[..., Any]) -> None:
    post(b"{broken")
    for _ in range(2):
        ConnectMessage.objects.update(next_attempt_at=timezone.now())
        with pytest.raises(SystemExit):
            call_command("docusign_process", stdout=StringIO())
    message = ConnectMessage.objects.get()
    assert (message.status, message.attempts) == ("abandoned", 2)
    assert message.next_attempt_at is None
    assert "not JSON" in message.error


@pytest.mark.usefixtures("deferred")
def test_limit_and_batch_bound_what_is_taken(post: Callable[..., Any]) -> None:
    for second in range(5):
        post(sim("envelope-resent", generated=f"2022-09-22T15:22:0{second}Z"))
    call_command("docusign_process", limit=3, batch=2, stdout=StringIO())
    assert ConnectMessage.objects.filter(status="processed").count() == 3


@pytest.mark.parametrize("option", ["limit", "batch"])
def test_number_below_one_is_bad_use(option: str) -> None:
    with pytest.raises(CommandError, match=f"--{option} must be 1 or more") as error:
        call_command("docusign_process", **{option: 0})
    assert error.value.returncode == 2


@pytest.mark.usefixtures("deferred")
def test_what_a_killed_worker_held_is_taken_over_and_no_receiver_runs_twice(
    post: Callable[..., Any], workers: Traced
) -> None:
    post(sim("envelope-sent"))
    killed = workers.start("--watch", CLAIM_SECONDS="8", SLOW_SECONDS="60")
    wait_for(lambda: "slow envelope-sent" in workers.lines)
    killed.kill()
    killed.wait()
    assert workers.run() == 0
    assert "slow done envelope-sent" not in workers.lines, "its claim still holds"
    wait_for(lambda: ConnectMessage.objects.due().exists())
    assert workers.run() == 0
    assert workers.lines.count("quick envelope-sent") == 1
    assert workers.lines.count("slow done envelope-sent") == 1
    assert ConnectMessage.objects.get().status == "processed"


@pytest.mark.usefixtures("deferred")
def test_sigterm_lets_the_message_at_hand_end_and_gives_the_rest_back(
    post: Callable[..., Any], workers: Traced
) -> None:
    for second in range(2):
        post(sim("envelope-resent", generated=f"2022-09-22T15:22:0{second}Z"))
    worker = workers.start("--watch", SLOW_SECONDS="1")
    wait_for(lambda: "slow envelope-resent" in workers.lines)
    worker.send_signal(signal.SIGTERM)
    output, _ = worker.communicate(timeout=30)
    assert worker.returncode == 0
    assert output.decode().endswith("Processed 1 message(s), 0 failed.\n")
    assert workers.lines.count("slow done envelope-resent") == 1
    assert ConnectMessage.objects.due().count() == 1


@pytest.mark.usefixtures("deferred")
def test_many_workers_process_each_message_once(
    post: Callable[..., Any], workers: Traced
) -> None:
    for second in range(20):
        post(sim("envelope-resent", generated=f"2022-09-22T15:22:{second:02}Z"))
    started = [workers.start("--batch", "2") for _ in range(3)]
    assert [worker.wait(timeout=60) for worker in started] == [0, 0, 0]
    assert workers.lines.count("quick envelope-resent") == 20
    assert not ConnectMessage.objects.exclude(status="processed").exists()
    assert set(ReceiverRun.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.usefixtures("deferred")
def test_message_that_kills_every_worker_is_abandoned(
    post: Callable[..., Any],
) -> None:
    post(sim("envelope-sent"))
    ConnectMessage.objects.update(attempts=2)
    with pytest.raises(SystemExit):
        call_command("docusign_process", stdout=StringIO())
    message = ConnectMessage.objects.get()
    assert message.status == "abandoned"
    assert "2 workers took the message up and none came back" in message.error
