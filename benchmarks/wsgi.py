"""The host as gunicorn serves it, with one receiver that hears every event."""

from __future__ import annotations

from django.core.wsgi import get_wsgi_application

from benchmarks.targets import listen
from django_docusign_connect.signals import connect_event

application = get_wsgi_application()
connect_event.connect(listen)
