"""Receive the messages that DocuSign Connect posts: verify, store, hand over."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError, transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.utils.log import log_response
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from django_docusign_connect.announcing import tell
from django_docusign_connect.authentication import Credentials, authenticate
from django_docusign_connect.conf import (
    DEFAULT_LISTENER,
    ConnectSettings,
    get_settings,
)
from django_docusign_connect.exceptions import BodyTooLarge, NotAuthentic
from django_docusign_connect.messages.soap import acknowledge
from django_docusign_connect.messages.text import clean
from django_docusign_connect.models import ConnectMessage
from django_docusign_connect.models.outages import describe
from django_docusign_connect.processors.intake import take_in
from django_docusign_connect.signals import message_rejected

logger = logging.getLogger(__name__)

PIECE_BYTES = 64 * 1024
RETRY_AFTER_SECONDS = 30
DIGITS = 30  # of a length, which are enough to be over any limit
ACCEPTED = b'{"status": "accepted"}'
DUPLICATE = b'{"status": "duplicate"}'


def get_listener(slug: str) -> ConnectSettings:
    """Return a listener's settings; Http404 if there is none."""
    try:
        return get_settings().for_listener(slug)
    except KeyError as error:
        raise Http404(f"No listener {slug!r}.") from error


def read_headers(request: HttpRequest) -> dict[str, str]:
    """Return the headers by their names in small letters, with hyphens.

    Of those that Django has no more than names as in CGI; it takes longer.
    """
    return {
        name[5:].replace("_", "-").lower(): value
        for name, value in request.META.items()
        if name.startswith("HTTP_")
    }


def read_body(request: HttpRequest, *, limit: int) -> bytes:
    """Return the raw body; BodyTooLarge as soon as it is known to pass the limit.

    It is read in a stream, whatever DATA_UPLOAD_MAX_MEMORY_SIZE is. A length that is
    announced is enough to refuse. Of a chunked body, which announces none, Django
    would read nothing under WSGI: that is read from the server's own stream.
    """
    announced = request.META.get("CONTENT_LENGTH") or ""
    if announced.isdecimal() and int(announced[:DIGITS]) > limit:
        raise BodyTooLarge
    is_chunked = not announced and request.META.get("wsgi.input_terminated")
    stream = request.META["wsgi.input"] if is_chunked else request
    body = io.BytesIO()
    while piece := stream.read(PIECE_BYTES):
        body.write(piece)
        if body.tell() > limit:
            raise BodyTooLarge
    return body.getvalue()


class ConnectWebhookView(View):
    """Receive the messages that DocuSign Connect posts.

    Connect tries again after any answer but 200, and in the end switches its
    configuration off. So 200 means "durably stored" and no more: what fails after
    that is ours to try again.
    """

    http_method_names = ["post"]

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., HttpResponseBase]:
        """Return the view: exempt from CSRF checks, log-ins and ATOMIC_REQUESTS.

        It is decorated once, and not for each request as its method would be.
        """
        view = super().as_view(**initkwargs)
        return csrf_exempt(login_not_required(transaction.non_atomic_requests(view)))

    def dispatch(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        """Answer what is refused or cannot be stored; it is kept by nobody here."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except BodyTooLarge:
            return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        except NotAuthentic as refusal:
            return self.reject(kwargs.get("listener", DEFAULT_LISTENER), str(refusal))
        except (DatabaseError, InterfaceError, OSError) as error:
            logger.error(
                "A message could not be stored (%s); DocuSign sends it again.",
                describe(error),
            )
            return HttpResponse(
                status=HTTPStatus.SERVICE_UNAVAILABLE,
                headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
            )

    def post(
        self, request: HttpRequest, listener: str = DEFAULT_LISTENER
    ) -> HttpResponse:
        settings = get_listener(listener)
        body = read_body(request, limit=settings.MAX_BODY_BYTES)
        headers = read_headers(request)
        fingerprint = authenticate(Credentials(body=body, headers=headers), settings)
        message = ConnectMessage.of(
            body,
            listener=listener,
            content_type=clean(request.META.get("CONTENT_TYPE"))[:255],
            key_fingerprint=fingerprint,
        )
        is_new = take_in(message, body, settings=settings)
        return self.acknowledge(message, body, is_new=is_new)

    def acknowledge(
        self, message: ConnectMessage, body: bytes, *, is_new: bool
    ) -> HttpResponse:
        """Answer 200; a SOAP call is answered in kind."""
        if message.format == ConnectMessage.Format.SOAP and message.envelope_id:
            answer = acknowledge(message.envelope_id, body)
            return HttpResponse(answer, content_type="text/xml; charset=utf-8")
        return HttpResponse(
            ACCEPTED if is_new else DUPLICATE, content_type="application/json"
        )

    def reject(self, listener: str, reason: str) -> HttpResponse:
        """Answer 401; tell staff, and never the sender, why a message was refused.

        The log has one line of it, and none of Django's own, which says less.
        """
        response = HttpResponse(status=HTTPStatus.UNAUTHORIZED)
        log_response(
            "Refused a message to listener %r: %s.",
            listener,
            reason,
            response=response,
            logger=logger,
        )
        tell(message_rejected, listener=listener, reason=reason)
        return response


@method_decorator(
    [login_not_required, transaction.non_atomic_requests], name="dispatch"
)
class HealthView(View):
    """Tell monitoring how messages do: 200 or 503, numbers, nothing personal."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            found = ConnectMessage.objects.health(get_settings()).as_dict()
        except (DatabaseError, InterfaceError) as error:
            what = describe(error)
            logger.error("The database did not tell how the messages do: %s.", what)
            found = {"status": "unhealthy", "problems": ["The database is away."]}
        is_ok = found["status"] == "ok"
        status = HTTPStatus.OK if is_ok else HTTPStatus.SERVICE_UNAVAILABLE
        return JsonResponse(found, status=status, headers={"Cache-Control": "no-store"})
