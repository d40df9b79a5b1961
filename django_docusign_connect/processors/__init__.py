"""When stored messages are processed.

The message's row is the queue's truth. A processor only says when ``process`` gets
it; what it drops, ``docusign_process`` takes up.
"""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from django_docusign_connect.conf import PROCESSORS, get_settings
from django_docusign_connect.processors.base import Processor

__all__ = ["Processor", "get_processor"]


def get_processor() -> Processor:
    """Return the processor that ``PROCESSOR`` names.

    Raises ImproperlyConfigured if it is no name of one, nor a dotted path to one.
    """
    name = get_settings().PROCESSOR
    try:
        processor = import_string(PROCESSORS.get(name, name))
    except ImportError as error:
        raise ImproperlyConfigured(
            f"DOCUSIGN_CONNECT['PROCESSOR'] is {name!r}, which is neither one of "
            f"{', '.join(PROCESSORS)} nor the dotted path of a class."
        ) from error
    if not (isinstance(processor, type) and hasattr(processor, "enqueue")):
        raise ImproperlyConfigured(
            f"DOCUSIGN_CONNECT['PROCESSOR'] is {name!r}, which is no Processor."
        )
    instance: Processor = processor()
    return instance
