"""A host project: leases that are signed with DocuSign, and a page that shows it."""

from __future__ import annotations
