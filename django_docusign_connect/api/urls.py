"""The read API's URLs."""

from __future__ import annotations

app_name = "docusign_connect_api"
urlpatterns: list[object] = []
