"""Settings of the test suite, but that each user may ask the API three times a day."""

from __future__ import annotations

from tests.settings import *  # noqa: F403 - settings are built so

REST_FRAMEWORK = {
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": "3/day"},
}
