"""The processor ``celery``: real workers on real brokers, and brokers that are away."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from django_docusign_connect.models import ConnectMessage, ReceiverRun
from django_docusign_connect.processors.celery import process_message
from django_docusign_connect.signals import message_failed
from tests.bodies import sim
from tests.brokers import (
    ALONE,
    WORKER,
    Broker,
    celery_app,
    closed_port,
    real_broker,
    silent_server,
)
from tests.processes import Traced, wait_for

pytestmark = pytest.mark.django_db(transaction=True)

Post = Callable[..., Any]
SOLO = (*WORKER, *ALONE, "--pool=solo")
PREFORK = (*WORKER, *ALONE, "--pool=prefork", "--concurrency=2")


@pytest.fixture(params=["Redis", "RabbitMQ"])
def broker(request: pytest.FixtureRequest) -> Iterator[Broker]:
    with real_broker(request.param) as broker:
        yield broker


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Traced]:
    traced = Traced(tmp_path / "trace")
    yield traced
    traced.end()


@pytest.fixture(autouse=True)
def _processed_by_celery(configure: Callable[..., None]) -> None:
    configure(PROCESSOR="celery")


def is_processed(message: ConnectMessage) -> bool:
    message.refresh_from_db()
    return message.status == "processed"


def test_stored_message_is_processed_by_a_worker(
    broker: Broker, workers: Traced, post: Post
) -> None:
    assert post(sim("envelope-sent")).json() == {"status": "accepted"}
    message = ConnectMessage.objects.get()
    assert (message.status, broker.count()) == ("pending", 1)
    workers.start_module(*PREFORK, **broker.environment)
    wait_for(lambda: is_processed(message))
    assert workers.lines.count("slow done envelope-sent") == 1
    assert broker.count() == 0


def test_task_is_sent_when_the_message_is_committed_and_not_before(
    broker: Broker, post: Post
) -> None:
    with transaction.atomic():
        post(sim("envelope-sent"))
        assert broker.count() == 0
    assert broker.count() == 1


def test_task_that_comes_twice_announces_once(
    broker: Broker, workers: Traced, post: Post
) -> None:
    post(sim("envelope-sent"))
    process_message.delay(ConnectMessage.objects.get().pk)
    post(sim("envelope-delivered"))
    last = ConnectMessage.objects.get(event="envelope-delivered")
    workers.start_module(*SOLO, **broker.environment)
    wait_for(lambda: is_processed(last))
    assert workers.lines.count("quick envelope-sent") == 1
    assert set(ReceiverRun.objects.values_list("attempts", flat=True)) == {1}


def test_what_a_killed_worker_held_is_taken_over_after_its_claim(
    broker: Broker, workers: Traced, post: Post
) -> None:
    post(sim("envelope-sent"))
    killed = workers.start_module(
        *SOLO, **broker.environment, CLAIM_SECONDS="5", SLOW_SECONDS="60"
    )
    wait_for(lambda: "slow envelope-sent" in workers.lines)
    killed.kill()
    killed.wait()
    # RabbitMQ gives it the task that was not acknowledged.
    workers.start_module(*SOLO, **broker.environment)
    assert workers.run() == 0
    assert "slow done envelope-sent" not in workers.lines, "its claim still holds"
    wait_for(lambda: ConnectMessage.objects.due().exists())
    assert workers.run() == 0
    assert workers.lines.count("quick envelope-sent") == 1
    assert workers.lines.count("slow done envelope-sent") == 1
    assert is_processed(ConnectMessage.objects.get())


def test_connection_that_has_died_costs_no_task(broker: Broker, post: Post) -> None:
    post(sim("envelope-sent"))
    assert broker.drop_connections() > 0
    post(sim("envelope-delivered"))
    assert broker.count() == 2


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
@pytest.mark.parametrize("is_silent", [False, True])
def test_broker_that_is_away_leaves_the_message_to_docusign_process(
    post: Post, caplog: pytest.LogCaptureFixture, scheme: str, is_silent: bool
) -> None:
    with silent_server() as silent:
        port = silent if is_silent else closed_port()
        with celery_app(f"{scheme}://guest:s3cret@127.0.0.1:{port}//"):
            started = time.monotonic()
            assert post(sim("envelope-sent")).status_code == 200
            assert time.monotonic() - started < (10 if is_silent else 2)
    message = ConnectMessage.objects.get()
    assert message.status == "pending"
    (warning,) = [r for r in caplog.records if r.levelno == logging.WARNING]
    assert warning.getMessage() == (
        f"No task was sent for message {message.pk} (OperationalError); "
        "it waits for docusign_process."
    )
    call_command("docusign_process", stdout=StringIO())
    assert is_processed(message)


def test_broker_that_makes_no_sense_does_not_change_the_answer(post: Post) -> None:
    with celery_app("carrier-pigeon://127.0.0.1"):
        assert post(sim("envelope-sent")).status_code == 200
    assert ConnectMessage.objects.get().is_waiting


@pytest.fixture
def eager() -> Iterator[Celery]:
    """Run tasks where they are sent, as hosts do in their tests; without a broker."""
    with celery_app(f"amqp://127.0.0.1:{closed_port()}//") as app:
        app.conf.task_always_eager = True
        yield app


@pytest.mark.usefixtures("eager")
def test_eager_app_needs_no_broker(post: Post) -> None:
    post(sim("envelope-sent"))
    assert is_processed(ConnectMessage.objects.get())


@pytest.mark.usefixtures("eager")
def test_message_that_fails_is_tried_again_on_its_schedule_alone(post: Post) -> None:
    post(b"{broken")
    message = ConnectMessage.objects.get()
    assert (message.status, message.attempts) == ("failed", 1)
    process_message.delay(message.pk)
    message.refresh_from_db()
    assert message.attempts == 1


@pytest.mark.usefixtures("eager")
def test_repeat_of_a_message_that_failed_is_processed_at_once(
    post: Post, hear: Callable[..., Any]
) -> None:
    failures = hear(message_failed)
    for _ in range(2):
        post(b"{broken")
    assert (ConnectMessage.objects.count(), len(failures)) == (1, 2)


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize(
    "state",
    [
        {"status": "processed", "next_attempt_at": None},
        {"status": "ignored", "next_attempt_at": None},
        {"status": "abandoned", "next_attempt_at": None},
        {
            "is_claimed": True,
            "next_attempt_at": timezone.now() + timedelta(days=1),
        },
    ],
)
def test_task_for_a_message_that_is_done_or_held_does_nothing(
    post: Post, configure: Callable[..., None], state: dict[str, Any]
) -> None:
    configure(PROCESSOR="deferred")
    post(sim("envelope-sent"))
    ConnectMessage.objects.update(**state)
    process_message.delay(ConnectMessage.objects.get().pk)
    message = ConnectMessage.objects.get()
    assert (message.attempts, message.claims) == (0, 0)
    assert {name: getattr(message, name) for name in state} == state


@pytest.mark.usefixtures("eager")
def test_task_for_a_message_that_is_gone_does_nothing() -> None:
    process_message.delay(987654321)
    assert not ReceiverRun.objects.exists()


@pytest.mark.usefixtures("eager")
def test_project_without_celery_starts_and_is_told_what_to_install() -> None:
    check = (
        "import sys; sys.modules['celery'] = None; import django;"
        "from django.conf import settings; settings.configure(USE_TZ=True,"
        "INSTALLED_APPS=['django.contrib.contenttypes', 'django_docusign_connect'],"
        "DOCUSIGN_CONNECT={'HMAC_KEYS': ['key'], 'PROCESSOR': 'celery'});"
        "django.setup(); django.core.management.call_command('check')"
    )
    checked = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, text=True, timeout=60
    )
    assert "docusign_connect.E017" in checked.stderr
    assert 'pip install "django-docusign-connect[celery]"' in checked.stderr
