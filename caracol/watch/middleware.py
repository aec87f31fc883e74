from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.crypto import constant_time_compare

from caracol import logs
from caracol.watch import groups, metrics
from caracol.watch.health import health

logger = logging.getLogger(__name__)
HEALTH, METRICS = "/health/", "/metrics/"


class WatchMiddleware:
    """
    Answers the proxy and the collector of metrics before anything asks who they are, and counts everybody else.

    Without METRICS_TOKEN, or with another, /metrics/ is an address that does not exist.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info == HEALTH:
            return health(request)
        kept = metrics.folder()
        if request.path_info == METRICS and kept and _may_collect(request):
            return HttpResponse(metrics.told(kept), content_type=metrics.CONTENT_TYPE)
        with logs.one_request():
            return self._watched(request)

    def _watched(self, request: HttpRequest) -> HttpResponseBase:
        began = time.monotonic()
        response = self.get_response(request)
        seconds, group = time.monotonic() - began, groups.group_of(request)
        if metrics.folder():
            metrics.count(group, response.status_code, seconds)
        if response.status_code >= 500:
            facts = {"group": group, "status": response.status_code, "milliseconds": groups.took(seconds)}
            logger.error("A request failed", extra={"facts": facts})
        return response


def _may_collect(request: HttpRequest) -> bool:
    wanted = f"Bearer {settings.METRICS_TOKEN}"
    return bool(settings.METRICS_TOKEN) and constant_time_compare(request.headers.get("Authorization", ""), wanted)
