from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from prometheus_client import CollectorRegistry, Histogram

from caracol.watch import metrics

ROOT = Path(__file__).resolve().parents[2]
HOUR = 60 * 60
# A process that counts as a worker of gunicorn does, and is told at which hour it says what.
COUNTS = """
import sys
from pathlib import Path
from caracol.watch import metrics
kept = Path(sys.argv[1])
def count(times, status=200):
    for _ in range(times):
        metrics.count("pages", status, 0.07)
count(39)
first = metrics.told(kept, 0)
count(100)
count(1, status=500)
print(first.decode(), metrics.told(kept, 3599).decode(), metrics.told(kept, 3600).decode(), sep="====")
"""


def told(kept: Path) -> list[str]:
    """Return what is told at the start, at the end of the same hour, and in the next one."""
    command = [sys.executable, "-c", COUNTS, str(kept)]
    environment = {**os.environ, metrics.FOLDER: str(kept)}
    process = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return process.stdout.split("====")


def lines(page: str) -> set[str]:
    return {line for line in page.splitlines() if line and not line.startswith("#")}


def test_counts_are_told_once_an_hour_and_failures_at_once(tmp_path: Path) -> None:
    first, same_hour, next_hour = map(lines, told(tmp_path))
    assert 'caracol_request_seconds_count{group="pages",status="2xx"} 20.0' in first
    assert same_hour - first == {'caracol_failures_total{group="pages"} 1.0'}
    assert 'caracol_request_seconds_count{group="pages",status="2xx"} 120.0' in next_hour
    assert 'caracol_request_seconds_bucket{group="pages",le="0.05",status="2xx"} 0.0' in next_hour
    assert 'caracol_request_seconds_bucket{group="pages",le="0.1",status="2xx"} 120.0' in next_hour


def test_what_was_told_before_is_not_kept(tmp_path: Path) -> None:
    told(tmp_path)
    assert [each.name for each in tmp_path.iterdir() if each.suffix != ".db"] == ["1.hour"]


def test_no_number_is_told_that_is_not_whole_twenties() -> None:
    registry = CollectorRegistry()
    histogram = Histogram("caracol_request_seconds", "How long.", ["group"], registry=registry)
    for _ in range(59):
        histogram.labels("deeds").observe(0.123)
    coarse = [metrics.rounded(metric) for metric in registry.collect()]
    values = {sample.name: sample.value for metric in coarse for sample in metric.samples}
    assert values == {"caracol_request_seconds_bucket": 40.0, "caracol_request_seconds_count": 40.0}
