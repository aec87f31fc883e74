from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# Whitenoise answers for /static/ before these are set: only static files may be kept by a browser or a proxy.
PRIVATE = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), browsing-topics=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
}


class PrivatePagesMiddleware:
    """No page is stored on the way, shared with another site, or listed by a search engine."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in PRIVATE.items():
            response[name] = value
        return response
