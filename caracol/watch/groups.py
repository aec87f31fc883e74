"""
Into which groups requests are counted: so coarse that no count and no moment says what somebody did.

By the view, "one filed a concern at ten past two" could be read from a log or a graph. By these groups nothing more
than that pages were asked for and forms sent, of which most are nobody's case.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise

from django.http import HttpRequest
from django.urls import ResolverMatch

ENTRY, PAGES, DEEDS, UNKNOWN = "entry", "pages", "deeds", "unknown"
# In seconds: how long a request took at most; the last is for everything longer.
TOOK = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, float("inf"))


def group_of(request: HttpRequest) -> str:
    """Return the group of a request that was answered: one's account and the way in, pages, forms, or no address."""
    match: ResolverMatch | None = request.resolver_match
    if match is None:
        return UNKNOWN
    if match.namespaces[:1] == ["accounts"]:
        return ENTRY
    return PAGES if request.method in {"GET", "HEAD"} else DEEDS


def status_class(status: int) -> str:
    """Return the class of a status: "2xx" to "5xx"."""
    return f"{status // 100}xx"


def took(seconds: float) -> str:
    """Return how long it took, as a range of milliseconds: "50-100"."""
    at = bisect_left(TOOK, seconds)
    low, high = list(pairwise((0.0, *TOOK)))[at]
    return f"{low * 1000:.0f}-" if high == float("inf") else f"{low * 1000:.0f}-{high * 1000:.0f}"
