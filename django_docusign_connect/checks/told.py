"""What a check of ``DOCUSIGN_CONNECT`` says, and how it looks at what is set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core import checks
from django.core.checks import CheckMessage

Options = Mapping[str, Any]


def is_key(value: object) -> bool:
    return isinstance(value, str) or callable(value)


def error(number: str, text: str, name: str = "", hint: str = "") -> CheckMessage:
    message = f"DOCUSIGN_CONNECT{name} {text}"
    return checks.Error(message, hint=hint, id=f"docusign_connect.{number}")


def warning(number: str, text: str, name: str, hint: str) -> CheckMessage:
    message = f"DOCUSIGN_CONNECT{name} {text}"
    return checks.Warning(message, hint=hint, id=f"docusign_connect.{number}")
