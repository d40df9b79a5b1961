"""The processor ``tasks``: the immediate backend, and one with a real worker."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import Tags, run_checks

from django_docusign_connect import signals
from django_docusign_connect.authentication.signatures import sign
from django_docusign_connect.models import ConnectMessage
from django_docusign_connect.processors.tasks_backend import process_message
from tests.bodies import sim
from tests.processes import wait_for
from tests.serving import Server, serve

TASKS_APP = "django_tasks_database"
SEND = (
    "from django_docusign_connect.processors.tasks_backend import process_message;"
    "process_message.enqueue({pk})"
)


@pytest.fixture
def immediate(configure: Callable[..., None]) -> None:
    configure(PROCESSOR="tasks")


@dataclass(frozen=True)
class Host:
    """A served project that keeps its tasks in its database."""

    server: Server
    trace: Path

    def post(self, body: bytes) -> Any:
        headers = {
            "Content-Type": "application/json",
            "X-DocuSign-Signature-1": sign(body, "test-key").decode(),
        }
        status, answer = self.server.post("/docusign/connect/", body, headers)
        assert status == 200
        return json.loads(answer)

    def messages(self) -> list[tuple[str, int]]:
        rows = self.server.rows("docusign_connect.connectmessage")
        return [(row["status"], row["attempts"]) for row in rows]

    def work(self) -> None:
        """Run the worker until no task waits."""
        self.server.manage("db_worker", "--batch", "--no-startup-delay")

    def heard(self) -> list[str]:
        return self.trace.read_text().splitlines()


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    trace = tmp_path / "trace"
    trace.touch()
    variables = {"TRACE_FILE": str(trace)}
    with serve("tests.tasks_host.settings", tmp_path, **variables) as server:
        yield Host(server, trace)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("immediate")
def test_immediate_backend_processes_in_the_request(
    post: Callable[..., Any], hear: Callable[..., Any]
) -> None:
    heard = hear(signals.envelope_sent)
    post(sim("envelope-sent"))
    message = ConnectMessage.objects.get()
    assert (message.status, message.attempts, len(heard)) == ("processed", 1, 1)
    process_message.enqueue(message.pk)
    assert len(heard) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("immediate")
def test_failure_in_the_immediate_backend_does_not_change_the_answer(
    post: Callable[..., Any],
) -> None:
    assert post(b"{broken").status_code == 200
    assert ConnectMessage.objects.get().status == "failed"


def test_message_waits_for_the_worker_which_processes_it_once(host: Host) -> None:
    assert host.post(sim("envelope-sent")) == {"status": "accepted"}
    assert (host.messages(), host.heard()) == ([("pending", 0)], [])
    host.server.manage("shell", "--command", SEND.format(pk=1))
    host.work()
    assert host.messages() == [("processed", 1)]
    assert host.heard().count("slow done envelope-sent") == 1
    statuses = {row["status"] for row in host.server.rows(TASKS_APP)}
    assert statuses == {"SUCCESSFUL"}


def test_task_for_a_message_that_is_gone_does_nothing(host: Host) -> None:
    host.server.manage("shell", "--command", SEND.format(pk=987654321))
    host.work()
    (task,) = host.server.rows(TASKS_APP)
    assert (task["status"], host.heard()) == ("SUCCESSFUL", [])


def test_queue_that_is_away_leaves_the_message_to_docusign_process(host: Host) -> None:
    with closing(sqlite3.connect(host.trace.with_name("served.sqlite3"))) as database:
        database.execute(f"DROP TABLE {TASKS_APP}_dbtaskresult")
    assert host.post(sim("envelope-sent")) == {"status": "accepted"}
    assert host.messages() == [("pending", 0)]
    log = host.trace.with_name("server.log").read_text()
    assert "No task was sent for message 1 (" in log
    host.server.manage("docusign_process")
    assert host.messages() == [("processed", 1)]


def test_what_a_killed_worker_held_is_taken_over_after_its_claim(host: Host) -> None:
    host.post(sim("envelope-sent"))
    slow = {"CLAIM_SECONDS": "4", "SLOW_SECONDS": "60"}
    with subprocess.Popen(
        [sys.executable, "-m", "django", "db_worker", "--no-startup-delay"],
        env={**host.server.environment, **slow},
    ) as killed:
        wait_for(lambda: "slow envelope-sent" in host.heard())
        killed.kill()
    host.server.manage("docusign_process")
    assert host.messages() == [("pending", 1)], "its claim still holds"
    host.server.manage("docusign_process", "--watch", "--limit=1")
    assert host.messages() == [("processed", 2)]
    assert host.heard().count("quick envelope-sent") == 1
    assert host.heard().count("slow done envelope-sent") == 1


def test_project_without_a_tasks_framework_is_told_what_to_install(
    configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(PROCESSOR="tasks")
    for missing in ("django.tasks", "django_tasks"):
        monkeypatch.setitem(sys.modules, missing, None)
    ours = "django_docusign_connect.processors.tasks_backend"
    monkeypatch.delitem(sys.modules, ours)
    # Of these alone: on Django 6 its own checks of tasks need what is missing here.
    (problem,) = run_checks(tags=[Tags.security])
    assert problem.id == "docusign_connect.E017"
    assert problem.msg == (
        "DOCUSIGN_CONNECT['PROCESSOR'] is 'tasks', which needs django_tasks; it is "
        "not installed."
    )
    assert problem.hint == 'Run: pip install "django-docusign-connect[tasks]"'
