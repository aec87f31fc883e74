"""Whether this process can serve: what the proxy and the container ask, and nobody learns more from than that."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from redis import Redis, RedisError

_MIGRATED: set[str] = set()


@login_not_required
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Answer 200 "ok", or 503: both databases and, where there is one, Redis answer; every migration is applied."""
    well = all(_answers(alias) for alias in settings.DATABASES) and _redis_answers()
    return HttpResponse("ok" if well else "unavailable", content_type="text/plain", status=200 if well else 503)


def _answers(alias: str) -> bool:
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT 1")
        return _is_migrated(alias)
    except Error:
        return False


def _is_migrated(alias: str) -> bool:
    """Return whether all migrations are applied; asked until they are, since none is taken back while we run."""
    if alias not in _MIGRATED:
        executor = MigrationExecutor(connections[alias])
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        _MIGRATED.add(alias)
    return True


def _redis_answers() -> bool:
    try:
        return not settings.REDIS_URL or bool(_redis(settings.REDIS_URL).ping())
    except RedisError:
        return False


@lru_cache(maxsize=1)
def _redis(url: str) -> Redis:
    return Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1)
