"""
Measures Caracol, as ratios within one run: each figure beside its floor, and beside what people would usually write.

    make bench ARGS="--cases 1000,100000 --databases sqlite --groups my_cases"

Sites are seeded once and kept under BENCH_DIR (var/bench); --afresh seeds them again. Prints Markdown.
"""

from __future__ import annotations

import argparse
import subprocess
import sys

from benchmarks.sites import ROOT, Site

GROUPS = ("my_cases", "pages", "keys", "ledger", "numbers", "seeding", "expunging")


def main() -> None:
    """Seed what is not there, and run each group on each database."""
    asked = _asked()
    for database in asked.databases.split(","):
        sites = [Site(database, int(cases)) for cases in asked.cases.split(",")]
        for site in sites:
            _seed(site, afresh=asked.afresh)
        for group in filter(None, asked.groups.split(",")):
            sizes = ",".join(str(site.cases) for site in sites)
            _run(sites[-1], f"benchmarks.{group}", database, sizes)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", default="1000,100000,1000000", help="sizes, the smallest first")
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--groups", default=",".join(GROUPS))
    parser.add_argument("--afresh", action="store_true")
    return parser.parse_args()


def _seed(site: Site, *, afresh: bool) -> None:
    if site.seeded.exists() and not afresh:
        # Its tables may have changed since.
        for alias in ("default", "keys"):
            _run(site, "django", "migrate", "--verbosity", "0", "--database", alias)
        return
    for left in site.var.glob("*.sqlite3*"):
        left.unlink()
    site.create()
    _run(site, "benchmarks.seed", str(site.cases))
    site.seeded.touch()


def _run(site: Site, module: str, *arguments: str) -> None:
    environment = {**site.environment, "DJANGO_SETTINGS_MODULE": "caracol.settings"}
    sys.stdout.flush()
    subprocess.run([sys.executable, "-m", module, *arguments], cwd=ROOT, env=environment, check=True)  # noqa: S603 - our own modules


if __name__ == "__main__":
    main()
