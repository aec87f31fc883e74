"""
What a collector of metrics is told: how many requests there were, how long they took, how many failed.

By the groups of `caracol.watch.groups`, as of the last look in this hour, and in whole twenties: whoever reads them
minute by minute sees nobody come and go. Failures alone are told one by one and at once: a person has to know of them.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from caracol.watch import groups

CONTENT_TYPE = CONTENT_TYPE_LATEST
# Where the processes of one gunicorn keep their counts (gunicorn.conf.py): the library's own name for it.
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
ROUNDED_TO = 20
HOUR_SECONDS = 60 * 60
SECONDS_TAKEN, FAILURES = "caracol_request_seconds", "caracol_failures"

_ours = CollectorRegistry()
_seconds = Histogram(
    SECONDS_TAKEN,
    "Requests by group and class of status, in whole twenties, as of this hour.",
    ["group", "status"],
    buckets=groups.TOOK,
    registry=_ours,
)
_failures = Counter(FAILURES, "Answers of 500 and above.", ["group"], registry=_ours)


class Given(Collector):
    """Metrics as they are given."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self.metrics = list(metrics)

    def collect(self) -> Iterable[Metric]:
        return self.metrics


def folder() -> Path | None:
    """Return where counts are kept; None where nobody counts."""
    path = os.environ.get(FOLDER)
    return Path(path) if path else None


def count(group: str, status: int, seconds: float) -> None:
    """Count one answer."""
    _seconds.labels(group, groups.status_class(status)).observe(seconds)
    if status >= 500:
        _failures.labels(group).inc()


def told(kept: Path, now: float | None = None) -> bytes:
    """Return all that is told now (seconds since 1970), in Prometheus's text format."""
    hour = int((time.time() if now is None else now) // HOUR_SECONDS)
    return _of_this_hour(kept, hour) + _text(metric for metric in _counted(kept) if metric.name == FAILURES)


def rounded(metric: Metric) -> Metric:
    """Return a histogram with its counts in whole twenties, and without the sum, which would tell of each request."""
    coarse = Metric(metric.name, metric.documentation, metric.type)
    for sample in metric.samples:
        if sample.name.endswith(("_bucket", "_count")):
            coarse.samples.append(sample._replace(value=sample.value // ROUNDED_TO * ROUNDED_TO))
    return coarse


def _of_this_hour(kept: Path, hour: int) -> bytes:
    """Return what was first told in this hour, whichever process told it."""
    page = kept / f"{hour}.hour"
    if not page.exists():
        fresh = kept / f"{secrets.token_hex(8)}.fresh"
        fresh.write_bytes(_text(rounded(metric) for metric in _counted(kept) if metric.name == SECONDS_TAKEN))
        with suppress(FileExistsError):
            os.link(fresh, page)
        for stale in (fresh, *(other for other in kept.glob("*.hour") if other != page)):
            stale.unlink(missing_ok=True)
    return page.read_bytes()


def _counted(kept: Path) -> Iterable[Metric]:
    """Yield what all processes have counted, those that have ended too."""
    collector: Collector = MultiProcessCollector(CollectorRegistry(), path=str(kept))  # type: ignore[no-untyped-call]
    yield from collector.collect()


def _text(metrics: Iterable[Metric]) -> bytes:
    registry = CollectorRegistry()
    registry.register(Given(metrics))
    return generate_latest(registry)
