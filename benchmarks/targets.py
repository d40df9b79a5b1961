"""What requests are sent to: our webhook, and the floors beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.test.utils import override_settings

from benchmarks.client import call, environ
from benchmarks.messages import Post, forged, mix
from benchmarks.rounds import cpu_of

OURS = "/docusign/connect/"


@dataclass(frozen=True)
class Target:
    """A URL of the host, and what is sent to it in a round."""

    application: WSGIHandler
    path: str
    posts: Callable[[int], list[Post]] = mix
    answer: str = "200 OK"

    def __call__(self, index: int) -> float:
        """Send a round's messages, and return the CPU seconds of one request."""
        requests = [environ(self.path, post) for post in self.posts(index)]
        return cpu_of(self.send, requests)

    def send(self, request: dict[str, Any]) -> None:
        answer = call(self.application, request)
        if answer != self.answer:
            raise SystemExit(f"{self.path} answered {answer!r}, not {self.answer!r}.")


def floor(application: WSGIHandler, name: str) -> Target:
    return Target(application, f"/{name}/")


def forged_mix(index: int) -> list[Post]:
    return list(map(forged, mix(index)))


def repeated_mix(application: WSGIHandler, index: int) -> list[Post]:
    """Return messages that the webhook has kept already."""
    posts = mix(index)
    for post in posts:
        Target(application, OURS).send(environ(OURS, post))
    return posts


def ours(application: WSGIHandler, kind: str = "new") -> Target:
    """Return our webhook, to which new, forged or repeated messages are sent."""
    if kind == "forged":
        return Target(application, OURS, forged_mix, "401 Unauthorized")
    if kind == "repeat":
        return Target(application, OURS, partial(repeated_mix, application))
    return Target(application, OURS)


def processor(name: str) -> override_settings:
    return override_settings(
        DOCUSIGN_CONNECT={**settings.DOCUSIGN_CONNECT, "PROCESSOR": name}
    )


def listen(**arguments: Any) -> None:
    """Hear an event, as a host's receiver does; so that its runs are recorded."""
