from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from caracol.clearing import clear_browser

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
    """No page is stored on the way, shared with another site, or listed by a search engine; logging out clears."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in PRIVATE.items():
            response[name] = value
        clear_browser(request, response)
        return response


class OwnOriginMiddleware:
    """
    Gives a form sent from this site's own pages its origin back, before Django's CSRF check looks for one.

    Under `Referrer-Policy: no-referrer` a browser sends `Origin: null` with every form (Fetch, "append a
    request `Origin` header"), which the check refuses. `Sec-Fetch-Site` still says where the form came from:
    no page, script or link can set a header whose name begins with `Sec-`, only the browser itself, and it
    says "same-origin" of this very scheme, host and port alone; a sandboxed frame or a page opened from a file
    is "cross-site". Whoever is no browser can say what they like, and holds nobody's cookies. The token is
    asked for as before, and without the header, from an old browser, the form is refused as before.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.headers.get("Origin") == "null" and request.headers.get("Sec-Fetch-Site") == "same-origin":
            request.META["HTTP_ORIGIN"] = f"{request.scheme}://{request.get_host()}"
        return self.get_response(request)
