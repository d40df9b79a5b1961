"""Downloads under ASGI: a file goes out piece by piece, and is never read whole."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.db import connections
from django.test import AsyncClient

from tests.admin_pages import document
from tests.api_client import ENVELOPES, tell

CONTENT = b"%PDF-1.7 " + bytes(3 * 1024 * 1024)


async def fetch(user: User, url: str) -> list[bytes]:
    client = AsyncClient()
    await client.aforce_login(user)
    answer: Any = await client.get(url)
    assert answer.status_code == 200
    pieces = [piece async for piece in answer]
    await sync_to_async(connections.close_all)()
    return pieces


# Another thread has the connection.
@pytest.mark.django_db(transaction=True)
def test_file_is_sent_in_pieces_under_asgi(post: Callable[..., Any]) -> None:
    envelope_id = tell(post, envelopeDocuments=[document(content=CONTENT)])
    user = User.objects.create_superuser("reader")
    url = f"{ENVELOPES}{envelope_id}/documents/1/"
    pieces = asyncio.run(fetch(user, url))
    assert b"".join(pieces) == CONTENT
    assert max(map(len, pieces)) <= 64 * 1024
