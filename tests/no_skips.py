"""Read pytest's JUnit reports, name each test that was skipped, and end with 1 if there is one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET


def skipped(report: Path) -> Iterator[str]:
    """Yield the name of each test that the report says was skipped (or expected to fail), and why."""
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 -- pytest wrote it
        for skip in case.iter("skipped"):
            yield f"{case.get('classname')}.{case.get('name')}: {skip.get('message', '')}"


def ran(report: Path) -> int:
    """Return how many tests the report holds."""
    return sum(1 for _ in ET.parse(report).iter("testcase"))  # noqa: S314 -- pytest wrote it


def main(paths: list[str]) -> int:
    reports = [Path(path) for path in paths]
    missing = [name for report in reports for name in skipped(report)]
    for name in missing:
        print(f"skipped: {name}")  # noqa: T201 -- a command
    print(f"{sum(map(ran, reports)) - len(missing)} tests ran, {len(missing)} were skipped.")  # noqa: T201 -- a command
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
