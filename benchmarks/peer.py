"""CPU time of our webhook beside that of dj-stripe, which keeps Stripe's events.

Its webhook gets ``customer.updated`` events of the size of our messages, whose
signatures it checks, from an endpoint and an account that it knows. *Store* is with a
DJSTRIPE_WEBHOOK_EVENT_CALLBACK that leaves the event for later; *store and process* is
what it does by default: it asks Stripe for the customer, and updates its own. All that
would call Stripe is replaced: a customer that is retrieved is the one of the event.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import time
from collections.abc import Iterator
from typing import Any

import stripe
from django.core.handlers.wsgi import WSGIHandler
from django.test.utils import override_settings
from djstripe.models import Account, APIKey, Customer, Event, WebhookEndpoint

from benchmarks.databases import as_default
from benchmarks.messages import Post, mix
from benchmarks.rounds import compared, in_turns
from benchmarks.targets import Target, listen, ours, processor
from django_docusign_connect.signals import connect_event

API_KEY = "sk_test_" + "0" * 24
SECRET = "whsec_of_the_benchmarks"
CUSTOMERS = 5
#: The customers as last told, which is what Stripe would answer with.
CUSTOMERS_NOW: dict[str, dict[str, Any]] = {}


def measure() -> Iterator[dict[str, Any]]:
    """Yield a row for acknowledging and one for everything."""
    connect_event.connect(listen)
    application = WSGIHandler()
    stripe.Customer.retrieve = retrieve
    with as_default("floors"):
        name = set_up()
    target = Target(application, f"/stripe/webhook/{name}/", events)

    def theirs(index: int) -> float:
        with as_default("floors"):
            return target(index)

    with (
        processor("deferred"),
        override_settings(DJSTRIPE_WEBHOOK_EVENT_CALLBACK=later),
    ):
        medians = in_turns(ours(application), theirs, start=60_000)
    yield row("acknowledge", medians, against="dj-stripe store", must=1 / 7, aim=1 / 9)
    with processor("immediate"):
        medians = in_turns(ours(application), theirs, start=70_000)
    with as_default("floors"):
        check()
    yield row(
        "everything",
        medians,
        against="dj-stripe store and process",
        must=1 / 5,
        aim=1 / 7,
    )


def row(
    name: str, medians: list[float], *, against: str, must: float, aim: float
) -> dict[str, Any]:
    columns = compared(*medians, against=against, must=must, aim=aim)
    return {"table": "CPU time of a request, beside a peer", "path": name, **columns}


def set_up() -> str:
    """Make what an installation of dj-stripe has; return the endpoint's name."""
    account = Account.objects.create(id="acct_1", stripe_data={"id": "acct_1"})
    APIKey.objects.create(
        secret=API_KEY, type="secret", livemode=False, djstripe_owner_account=account
    )
    endpoint = WebhookEndpoint.objects.create(
        id="we_1",
        livemode=False,
        secret=SECRET,
        enabled_events=["*"],
        url="https://project.example.com/stripe/",
        djstripe_owner_account=account,
    )
    for number in range(CUSTOMERS):
        Customer.objects.create(
            id=f"cus_{number}", livemode=False, djstripe_owner_account=account
        )
    return str(endpoint.djstripe_uuid)


def later(trigger: Any, **options: Any) -> None:
    """Leave an event for later, as a task queue would; here, for ever."""


def retrieve(**asked: Any) -> stripe.Customer:
    """Stand in for Stripe's API."""
    now = CUSTOMERS_NOW[asked["id"]]
    found: stripe.Customer = stripe.Customer.construct_from(now, API_KEY)
    return found


def events(index: int) -> list[Post]:
    """Return an event for each of our messages of a round, of the same size."""
    return [
        event(f"evt_{index}_{number}", number % CUSTOMERS, size=len(post.body))
        for number, post in enumerate(mix(index))
    ]


def event(event_id: str, number: int, *, size: int) -> Post:
    customer = draft_customer(event_id, number)
    told = {
        "id": event_id,
        "object": "event",
        "api_version": stripe.api_version,
        "created": 1_700_000_000,
        "data": {"object": customer, "previous_attributes": {"balance": 1}},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": "req_1", "idempotency_key": None},
        "type": "customer.updated",
    }
    left = size - len(json.dumps(told))
    customer["metadata"] = {
        f"reference_{field:02}": "0123456789" * 4 for field in range(max(0, left) // 60)
    }
    CUSTOMERS_NOW[customer["id"]] = customer
    return signed_by_stripe(json.dumps(told).encode())


def draft_customer(event_id: str, number: int) -> dict[str, Any]:
    chance = random.Random(event_id)  # noqa: S311 - no secret
    address = {"city": "Example", "country": "DE", "line1": "Example Street 1"}
    return {
        "id": f"cus_{number}",
        "object": "customer",
        "address": address,
        "balance": chance.randrange(10_000),
        "created": 1_600_000_000,
        "currency": "eur",
        "default_source": None,
        "delinquent": False,
        "description": "A customer of the benchmarks",
        "discount": None,
        "email": f"person{number}@example.com",
        "invoice_prefix": "0759376C",
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": {},
        "name": "Ada Example",
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": {"address": address, "name": "Ada Example", "phone": None},
        "tax_exempt": "none",
        "test_clock": None,
    }


def signed_by_stripe(body: bytes) -> Post:
    at = int(time.time())
    signature = hmac.new(SECRET.encode(), b"%d." % at + body, hashlib.sha256)
    header = f"t={at},v1={signature.hexdigest()}"
    return Post(body, {"HTTP_STRIPE_SIGNATURE": header})


def check() -> None:
    """Make sure that dj-stripe has kept its events, and what the last ones told."""
    balances = dict(Customer.objects.values_list("id", "stripe_data__balance"))
    told = {name: customer["balance"] for name, customer in CUSTOMERS_NOW.items()}
    if not Event.objects.exists() or balances != told:
        raise SystemExit(f"dj-stripe has {balances}, was told {told}.")
