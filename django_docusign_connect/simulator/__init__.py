"""Plays DocuSign Connect: invents envelopes, and posts what happens to them.

``tell`` tells a story, ``write_messages`` turns it into messages, a ``Sender`` posts
them, and a ``Simulation`` does all three. Nothing here needs Django.
"""

from __future__ import annotations

from .scenarios import SCENARIOS, choose_seed, tell
from .sender import Delivery, Outcome, Sender
from .simulation import FAULTS, Simulation, Tally, UnusableOption
from .story import ACCOUNT, Moment
from .wire import FORMATS, Message, write_messages

__all__ = [
    "ACCOUNT",
    "FAULTS",
    "FORMATS",
    "SCENARIOS",
    "Delivery",
    "Message",
    "Moment",
    "Outcome",
    "Sender",
    "Simulation",
    "Tally",
    "UnusableOption",
    "choose_seed",
    "tell",
    "write_messages",
]
