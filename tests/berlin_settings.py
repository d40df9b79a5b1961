"""The example project, in a time zone that is not UTC."""

from __future__ import annotations

from example_project.settings import *  # noqa: F403

TIME_ZONE = "Europe/Berlin"
