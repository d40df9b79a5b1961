"""CPU time of our webhook beside that of dj-stripe, which keeps Stripe's events.

Its webhook gets events of the size of our messages, whose signatures it checks, from an
endpoint and an account that it knows.

* *Keep the body* is with a ``DJSTRIPE_WEBHOOK_EVENT_CALLBACK`` that leaves all else for
  later: its row tells neither which event it is, nor that it came before.
* *Store* is what it does with an event that it has no handler for, such as
  ``customer.discount.updated``: it keeps the body, and the event by its ID.
* *Store and process* is what it does with ``customer.updated``: it also asks Stripe for
  the customer, and updates its own. All that would call Stripe is replaced: what is
  retrieved is the customer of the event.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import stripe
from django.core.handlers.wsgi import WSGIHandler
from django.test.utils import override_settings
from djstripe.models import Account, APIKey, Customer, Event, WebhookEndpoint

from benchmarks.databases import swapped
from benchmarks.messages import Post, mix
from benchmarks.rounds import compared, in_turns
from benchmarks.targets import Target, listen, ours, processor
from django_docusign_connect.signals import connect_event

API_KEY = "sk_test_" + "0" * 24
SECRET = "whsec_of_the_benchmarks"
CUSTOMERS = 5
#: The customers as last told, which is what Stripe would answer with.
CUSTOMERS_NOW: dict[str, dict[str, Any]] = {}


Row = dict[str, Any]


def measure() -> Iterator[Row]:
    """Yield two rows for acknowledging and one for everything."""
    connect_event.connect(listen)
    application = WSGIHandler()
    stripe.Customer.retrieve = retrieve
    with swapped("default", "floors"):
        name = set_up()
    stored = Peer(application, name, "customer.discount.updated")
    processed = Peer(application, name, "customer.updated")
    with processor("deferred"):
        with override_settings(DJSTRIPE_WEBHOOK_EVENT_CALLBACK=later):
            medians = in_turns(ours(application), processed, start=60_000)
        yield row("acknowledge", medians, against="dj-stripe, keep the body")
        medians = in_turns(ours(application), stored, start=70_000)
        yield row("acknowledge", medians, against="dj-stripe, store", must=7, aim=9)
    with processor("immediate"):
        medians = in_turns(ours(application), processed, start=80_000)
    with swapped("default", "floors"):
        check()
    against = "dj-stripe, store and process"
    yield row("everything", medians, against=against, must=5, aim=7)


@dataclass(frozen=True)
class Peer:
    """The webhook of dj-stripe, to which events of a type are sent."""

    application: WSGIHandler
    name: str
    type: str

    def __call__(self, index: int) -> float:
        with swapped("default", "floors"):
            return Target(
                self.application, f"/stripe/webhook/{self.name}/", self.events
            )(index)

    def events(self, index: int) -> list[Post]:
        """Return an event for each of our messages of a round, of the same size."""
        return [
            event(f"evt_{index}_{number}", self.type, size=len(post.body))
            for number, post in enumerate(mix(index))
        ]


def row(name: str, medians: list[float], *, against: str, **times: int) -> Row:
    """Return a row; ``times`` are how many times less ours must and is to take."""
    must, aim = (1 / times[one] if times else None for one in ("must", "aim"))
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


def event(event_id: str, event_type: str, *, size: int) -> Post:
    customer = draft_customer(event_id)
    told = {
        "id": event_id,
        "object": "event",
        "api_version": stripe.api_version,
        "created": 1_700_000_000,
        "data": {"object": customer, "previous_attributes": {"balance": 1}},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": "req_1", "idempotency_key": None},
        "type": event_type,
    }
    left = size - len(json.dumps(told))
    customer["metadata"] = {
        f"reference_{field:02}": "0123456789" * 4 for field in range(max(0, left) // 60)
    }
    if event_type == "customer.updated":
        CUSTOMERS_NOW[customer["id"]] = customer
    return signed_by_stripe(json.dumps(told).encode())


def draft_customer(event_id: str) -> dict[str, Any]:
    chance = random.Random(event_id)  # noqa: S311 - no secret
    number = chance.randrange(CUSTOMERS)
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
