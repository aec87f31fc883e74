from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from caracol.clearing import clear_browser
from caracol.tokens import is_tied

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
    asked for as before.

    Browsers from before 2023, as on an old telephone, say nothing of where a form came from. Theirs is taken where
    nothing speaks against it and its token goes by the cookie of this very session (docs/decisions says why).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if _is_our_own(request):
            request.META["HTTP_ORIGIN"] = f"{request.scheme}://{request.get_host()}"
        return self.get_response(request)


def _is_our_own(request: HttpRequest) -> bool:
    """Return whether a form without an origin came from one of our own pages, as far as its browser can say."""
    site = request.headers.get("Sec-Fetch-Site")
    if request.method != "POST" or request.headers.get("Origin", "null") != "null":
        return False
    if site is not None:
        return site == "same-origin" and "Origin" in request.headers
    return "Referer" not in request.headers and is_tied(request)
