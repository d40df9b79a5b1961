"""Hears that the process is to end, which no ASGI server tells its open requests."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def hearing_of_shutdown(act: Callable[[], object]) -> Iterator[None]:
    """Act when a signal asks the process to end; then the server's handler does.

    Servers wait for open requests before they tell anything (uvicorn: for ever). Only
    the main thread hears signals; where the server runs in another, nobody acts.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    found = [(number, signal.getsignal(number)) for number in SIGNALS]
    servers = {number: handle for number, handle in found if callable(handle)}

    def hear(number: int, frame: FrameType | None) -> None:
        act()
        servers[signal.Signals(number)](number, frame)

    for number in servers:
        signal.signal(number, hear)
    try:
        yield
    finally:
        for number, handle in servers.items():
            if signal.getsignal(number) is hear:
                signal.signal(number, handle)
