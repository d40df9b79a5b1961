"""Answers a page that asks for an envelope: with a stream, or once and with an ETag."""

from __future__ import annotations

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import (
    get_conditional_response,
    patch_cache_control,
    patch_vary_headers,
)

from django_docusign_connect.live.stream import Describe, GetEnvelope, Stream
from django_docusign_connect.live.told import describe_envelope
from django_docusign_connect.models import Envelope

EVENTS = "text/event-stream"
JSON = "application/json"


def live_response(
    request: HttpRequest,
    get_envelope: GetEnvelope,
    *,
    describe: Describe = describe_envelope,
) -> HttpResponseBase:
    """Answer with what is told of an envelope: in a stream, or as it is now.

    ``get_envelope`` is called with the request, and again before each further event,
    with the request as if it had come then: who may see no more is told no more. Under
    WSGI a client that takes nothing but a stream gets 204, on which it stops asking
    for one; one that takes JSON gets that, and 304 while nothing changes.
    """
    envelope = get_envelope(request)
    can_stream = isinstance(request, ASGIRequest)
    kind = request.get_preferred_type([EVENTS, JSON] if can_stream else [JSON])
    response: HttpResponseBase
    if kind == EVENTS:
        response = _stream(Stream(request, envelope, get_envelope, describe))
    elif kind == JSON:
        response = _once(request, envelope, describe)
    else:
        response = HttpResponse(status=204 if request.accepts(EVENTS) else 406)
    patch_vary_headers(response, ["Accept"])
    patch_cache_control(response, private=True, no_cache=True)
    return response


def _once(
    request: HttpRequest, envelope: Envelope, describe: Describe
) -> HttpResponseBase:
    etag = f'W/"{envelope.version}-{translation.get_language() or ""}"'
    unchanged = get_conditional_response(request, etag=etag)
    response = unchanged or JsonResponse(
        {"version": envelope.version, **describe(envelope)}
    )
    response.headers["ETag"] = etag
    return response


def _stream(stream: Stream) -> HttpResponseBase:
    if stream.request.method == "HEAD":
        return HttpResponse(content_type=EVENTS)
    response = StreamingHttpResponse(stream.events(), content_type=EVENTS)
    # Neither Django's GZipMiddleware nor nginx is to hold an event back.
    response.headers["Content-Encoding"] = "identity"
    response.headers["X-Accel-Buffering"] = "no"
    return response
