"""What rows are looked up by, in a form that an index holds on every database."""

from __future__ import annotations

import hashlib
import json

from django.db.models import Q, Value
from django.db.models.functions import Lower


def custom_field_digest(name: str, value: str) -> str:
    """Return a digest of a custom field; no other name and value have it."""
    return hashlib.sha256(json.dumps([name, value]).encode()).hexdigest()


def just(field: str, value: str) -> Q:
    """Narrow to one value of a field, in a way that keeps to the field's own index.

    The rows are to be ordered by the field, then by a time. As it is no equality,
    PostgreSQL does not leave the field out of the order, to look for the value along
    the index of the time alone: that takes long for a value that only old rows have.
    """
    return Q(**{f"{field}__gte": value, f"{field}__lte": value})


def lower(text: str) -> Lower:
    """Return a text in small letters, as the database itself makes them."""
    return Lower(Value(text))


def is_email(text: str) -> bool:
    """Whether a text is a whole e-mail address, as far as one can tell."""
    name, at, domain = text.partition("@")
    return bool(name and at and "." in domain.strip("."))
