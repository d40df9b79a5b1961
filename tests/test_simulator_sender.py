from __future__ import annotations

import json
import socket
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from django_docusign_connect.simulator import (
    Delivery,
    Message,
    Outcome,
    Sender,
    Simulation,
    Tally,
    UnusableOption,
    tell,
    write_messages,
)

from .listening import KEY, Listener, listening

QUICK = (0.0, 0.0, 0.0)
NOON = datetime(2026, 5, 1, 12, tzinfo=timezone.utc)


def make_message(format_name: str = "sim") -> Message:
    return list(write_messages(tell("voided", seed=1), format_name))[-1]


def deliver(listener: Listener, **options: Any) -> list[Delivery]:
    sender = Sender(url=listener.url, keys=(KEY,), waits=QUICK)
    return list(sender.deliver(make_message(), **options))


def make_simulation(url: str, **options: Any) -> Simulation:
    values: dict[str, Any] = {
        "url": url,
        "keys": (KEY,),
        "seed": 1,
        "before": NOON,
        "scenarios": ("voided",),
        "waits": QUICK,
    }
    return Simulation(**values | options)


def play(listener: Listener, **options: Any) -> list[Delivery]:
    return list(make_simulation(listener.url, **options).play())


def test_message_is_signed_and_acknowledged() -> None:
    with listening() as listener:
        (delivery,) = deliver(listener)
    (received,) = listener.received
    assert delivery.outcome is Outcome.ACKNOWLEDGED
    assert (delivery.status, delivery.answer) == (200, '{"status": "accepted"}')
    assert received.path == "/docusign/connect/"
    assert received.body == make_message().body()
    assert received.headers["Content-Type"] == "application/json; charset=utf-8"
    assert received.headers["X-Authorization-Digest"] == "HMACSHA256"
    assert "User-Agent" not in received.headers


def test_each_key_signs() -> None:
    with listening() as listener:
        sender = Sender(url=listener.url, keys=(KEY, "zweiter Schlüssel"))
        list(sender.deliver(make_message()))
    (received,) = listener.received
    assert received.is_signed()
    assert received.is_signed("zweiter Schlüssel", number=2)


def test_refused_message_comes_again_until_acknowledged() -> None:
    with listening(503, 201) as listener:
        deliveries = deliver(listener)
    outcomes = [delivery.outcome.value for delivery in deliveries]
    assert outcomes == ["refused", "refused", "acknowledged"]
    assert [delivery.attempt for delivery in deliveries] == [1, 2, 3]
    assert [request.values["retryCount"] for request in listener.received] == [0, 1, 2]
    assert all(request.is_signed() for request in listener.received)
    signatures = {r.headers["X-DocuSign-Signature-1"] for r in listener.received}
    assert len(signatures) == 3


def test_retries_differ_in_nothing_but_their_count() -> None:
    with listening(503) as listener:
        deliver(listener)
    first, second = (request.values for request in listener.received)
    assert second == first | {"retryCount": 1}


def test_message_that_is_never_acknowledged_fails_after_the_last_attempt() -> None:
    with listening(500, 500, 500, 500, 200) as listener:
        deliveries = deliver(listener)
    assert len(deliveries) == 4
    assert deliveries[-1].outcome is Outcome.FAILED


def test_redirect_is_not_followed() -> None:
    with listening(302) as listener:
        first, second = deliver(listener)
    assert first.outcome is Outcome.REFUSED
    assert second.outcome is Outcome.ACKNOWLEDGED


def test_no_listener_is_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    sender = Sender(url=f"http://127.0.0.1:{port}/", keys=(KEY,), waits=(0.0,))
    first, last = sender.deliver(make_message())
    assert (first.outcome, last.outcome) == (Outcome.UNANSWERED, Outcome.FAILED)
    assert first.status is None
    assert first.answer.startswith("ConnectionRefusedError")


def test_listener_that_takes_too_long_is_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        sender = Sender(url=url, keys=(KEY,), waits=(), timeout=0.1)
        (delivery,) = sender.deliver(make_message())
    assert delivery.outcome is Outcome.FAILED
    assert delivery.answer.startswith("TimeoutError")


def test_xml_and_soap_are_posted_as_xml() -> None:
    with listening() as listener:
        sender = Sender(url=listener.url, keys=(KEY,))
        for format_name in ("xml", "soap"):
            list(sender.deliver(make_message(format_name)))
    xml, soap = listener.received
    assert xml.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert soap.headers["SOAPAction"].endswith('/DocuSignConnectUpdate"')
    assert xml.is_signed()
    assert soap.is_signed()


def test_path_and_query_of_the_url_are_kept() -> None:
    with listening() as listener:
        sender = Sender(url=f"{listener.url}eu/?a=1#part", keys=(KEY,))
        list(sender.deliver(make_message()))
    assert listener.received[0].path == "/docusign/connect/eu/?a=1"


def test_duplicates_are_alike_byte_for_byte() -> None:
    with listening() as listener:
        play(listener, faults=("duplicates",))
    sent = [request.body for request in listener.received]
    assert len(sent) == 12
    assert sent[::2] == sent[1::2]


def test_shuffled_messages_are_the_same_in_another_order() -> None:
    with listening() as listener:
        play(listener)
        plain = [request.body for request in listener.received]
        listener.received.clear()
        play(listener, faults=("shuffled",))
        shuffled = [request.body for request in listener.received]
    assert shuffled != plain
    assert sorted(shuffled) == sorted(plain)


def test_retried_messages_come_again_though_they_were_kept() -> None:
    with listening() as listener:
        deliveries = play(listener, faults=("retried",))
    outcomes = [delivery.outcome.value for delivery in deliveries]
    assert outcomes == ["answer lost", "acknowledged"] * 6
    counts = [request.values["retryCount"] for request in listener.kept]
    assert counts == [0, 1] * 6


def test_forged_copies_are_refused_and_the_rest_acknowledged() -> None:
    with listening() as listener:
        deliveries = play(listener, faults=("wrong-signature",))
    assert [request.status for request in listener.received] == [401, 200] * 6
    assert [delivery.is_forged for delivery in deliveries] == [True, False] * 6
    assert deliveries[0].outcome is Outcome.REFUSED


@pytest.mark.parametrize("status", [200, 403])
def test_forged_copy_that_is_not_answered_with_401_has_failed(status: int) -> None:
    with listening(status) as listener:
        sender = Sender(url=listener.url, keys=(KEY,))
        delivery = sender.forge(make_message())
    assert delivery.outcome is Outcome.FAILED


def test_slow_body_comes_in_pieces_and_whole() -> None:
    with listening() as listener:
        sender = Sender(url=listener.url, keys=(KEY,), pause=0.02)
        (delivery,) = sender.deliver(make_message())
    (received,) = listener.received
    assert received.pieces > 3
    assert received.body == make_message().body()
    assert delivery.outcome is Outcome.ACKNOWLEDGED
    assert delivery.seconds > 0.1


def test_slow_run_is_slow() -> None:
    with listening() as listener:
        deliveries = play(listener, faults=("slow",), scenarios=("expired",))
    assert all(delivery.seconds > 0.4 for delivery in deliveries)


def test_rate_is_not_exceeded() -> None:
    with listening() as listener:
        deliveries = play(listener, rate=20.0)
    taken = deliveries[-1].posted_at - deliveries[0].posted_at
    assert taken.total_seconds() >= 0.24


def test_same_seed_sends_the_same() -> None:
    with listening() as first, listening() as second:
        for listener in (first, second):
            play(listener, count=2, formats=("sim", "xml"), faults=("shuffled",))
    assert [r.body for r in first.received] == [r.body for r in second.received]


def test_stories_of_a_run_spread_over_weeks_and_the_last_is_new() -> None:
    with listening() as listener:
        deliveries = play(listener, scenarios=("voided", "expired"), count=10)
    ends = {d.message.moment.envelope: d.message.moment for d in deliveries}
    ages = [
        NOON - moment.generated_at
        for moment in ends.values()
        if moment.event == "envelope-voided"
    ]
    assert len(ages) == 20
    assert ages == sorted(ages, reverse=True)
    assert timedelta(weeks=2) < ages[0] < timedelta(weeks=3)
    assert timedelta(0) < ages[-1] < timedelta(seconds=1)
    assert sum(age < timedelta(days=1) for age in ages) > 5


def test_run_ends_now_unless_told_otherwise() -> None:
    earliest = datetime.now(timezone.utc)
    simulation = Simulation(url="http://localhost/", keys=(KEY,), seed=1)
    assert earliest <= simulation.before <= datetime.now(timezone.utc)


def test_nothing_may_happen_in_the_future() -> None:
    tomorrow = datetime.now(timezone.utc) + timedelta(days=1)
    with pytest.raises(UnusableOption, match=r"--before: .* until now"):
        make_simulation("http://localhost/", before=tomorrow)


def test_count_is_of_each_scenario_in_each_format() -> None:
    with listening() as listener:
        deliveries = play(
            listener, scenarios=("voided", "expired"), formats=("sim", "xml"), count=2
        )
    ids = {delivery.message.moment.envelope.envelope_id for delivery in deliveries}
    assert len(ids) == 8


def test_names_may_have_underscores() -> None:
    simulation = make_simulation("http://localhost/", faults=("wrong_signature",))
    assert simulation.faults == ("wrong-signature",)


def test_tally_counts_posts_by_outcome() -> None:
    tally = Tally()
    with listening(503, 500, 500, 500, 500) as listener:
        for delivery in play(listener, scenarios=("expired",)):
            tally.add(delivery)
    assert str(tally) == "8 sent, 3 acknowledged, 4 refused, 1 failed"


def test_line_of_a_delivery_has_no_key_and_no_line_break() -> None:
    with listening() as listener:
        (delivery,) = deliver(listener)
    line = str(delivery)
    envelope_id = json.loads(make_message().body())["data"]["envelopeId"]
    assert f"{envelope_id} envelope-voided (sim) attempt 1: acknowledged, 200" in line
    assert "\n" not in line
    assert KEY not in line + repr(make_simulation(listener.url))


@pytest.mark.parametrize("rate", [-1.0, float("nan"), float("inf")])
def test_rate_must_be_a_number_from_0_upwards(rate: float) -> None:
    with pytest.raises(UnusableOption, match="--rate"):
        make_simulation("http://localhost/", rate=rate)
