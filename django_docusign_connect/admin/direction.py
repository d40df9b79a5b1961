"""Texts of others, which may run from the left or the right, whatever the page does."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString


def isolate(text: str) -> SafeString | str:
    """Return a text apart from what is around it; empty if there is none."""
    return format_html("<bdi>{}</bdi>", text) if text else ""
