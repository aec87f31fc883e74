"""Releases as CSV: the very lines whose hash the ledger states."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable

from grievances.statistics.disclosure import Published
from grievances.statistics.periods import written

COLUMNS = ("release", "period", "table", "category", "count", "status")


def sheet_of(releases: Iterable[Published]) -> str:
    """Return the lines of some releases under one header, each ended by a line feed."""
    out = io.StringIO()
    sheet = csv.writer(out, lineterminator="\n")
    sheet.writerow(COLUMNS)
    for release in releases:
        period = written(release.halves)
        for cell in release.cells:
            count = "" if cell.count is None else cell.count
            sheet.writerow([release.name, period, cell.table, cell.category, count, cell.status.value])
    return out.getvalue()


def digest_of(release: Published) -> str:
    """Return the SHA-256 of a release's own sheet, in hexadecimal: of what is published, and of nothing else."""
    return hashlib.sha256(sheet_of([release]).encode()).hexdigest()
