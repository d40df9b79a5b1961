"""Receive, verify, keep and announce the messages of DocuSign Connect."""

from __future__ import annotations

__version__ = "0.1.0"
