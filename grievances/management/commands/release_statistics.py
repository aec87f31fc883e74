from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from caracol.ledger.chain import Tampered
from grievances.models.release import Status
from grievances.statistics import releases
from grievances.statistics.disclosure import Published
from grievances.statistics.periods import written
from grievances.statistics.releases import GivesAway, NotReleasable
from grievances.statistics.sheets import digest_of, sheet_of
from grievances.statistics.tables import BY_NAME, TOTAL


class Command(BaseCommand):
    """
    Prepare a release as the daily job does: two people still approve it, by the site.

    Exits with an error that says why where the period can't be released.
    """

    help = "Prepare the release of a half-year; show what it would hide; or print the frozen releases as CSV."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("period", nargs="?", metavar="PERIOD", help="a half-year, like 2026-H1")
        parser.add_argument("--dry-run", action="store_true", help="print what would be shown and hidden, and why")
        parser.add_argument("--csv", action="store_true", help="print the frozen releases, or the one of PERIOD")

    def handle(self, *, period: str | None, dry_run: bool, csv: bool, **_options: Any) -> None:
        if not (period or csv):
            raise CommandError("Name a period, like 2026-H1, or ask for --csv.")
        if csv and dry_run:
            raise CommandError("--csv prints what is released, --dry-run what is not: choose one.")
        try:
            if csv:
                self.stdout.write(_frozen(period), ending="")
            elif dry_run:
                self._try(str(period))
            else:
                self._prepare(str(period))
        except GivesAway as refusal:
            lines = [str(refusal.reason), *(f"  {doubt}" for doubt in refusal.doubts)]
            raise CommandError("\n".join(lines)) from None
        except NotReleasable as refusal:
            raise CommandError(str(refusal.reason)) from None
        except Tampered as tampered:
            raise CommandError(f"The releases do not agree with the ledger: {tampered.why}.") from None

    def _try(self, period: str) -> None:
        draft = releases.draft(releases.read_half(period))
        self._print(draft)
        releases.prove(draft)
        self.stdout.write("\nThe auditor finds nothing that it gives away. This was a dry run: nothing was recorded.")

    def _prepare(self, period: str) -> None:
        self._print(ready := releases.prepare(releases.read_half(period)))
        self.stdout.write(f"\nProven and recorded. SHA-256 {digest_of(ready)}")
        self.stdout.write(
            "It is frozen when two mediators, or people on intake duty, approve it at /statistics/approval/."
        )

    def _print(self, release: Published) -> None:
        self.stdout.write(f"Release {release.name}, of {written(release.halves)}")
        for cell in release.cells:
            if cell.category == TOTAL:
                least = "nothing: the shown numbers stand for fewer than 10" if cell.count is None else cell.count
                self.stdout.write(f"    at least                    {least}")
                continue
            if cell.category == next(iter(BY_NAME[cell.table].categories)):
                self.stdout.write(f"  {cell.table}")
            # Which of the two it is would be a thing that no release says.
            why = f"hidden: fewer than {release.threshold} matters, or than {release.threshold} different reporters"
            self.stdout.write(f"    {cell.category:<27} {why if cell.status is Status.HIDDEN else cell.count}")


def _frozen(period: str | None) -> str:
    half = releases.read_half(period) if period else None
    found = [each for each in releases.frozen()[::-1] if half is None or each.name == str(half)]
    if half and not found:
        raise NotReleasable(f"{half} is not released.")
    return sheet_of(each.published for each in found)
