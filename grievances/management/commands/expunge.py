from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from grievances.actions import expunging
from grievances.deadlines import today


class Command(BaseCommand):
    """Print, by kind and day, how many things go or went; never which: whoever reads a terminal needs no more."""

    help = "Destroy everything whose day has come; with --dry-run, only say how many things go when."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="destroy nothing, and print what goes when")
        parser.add_argument("--days", type=int, default=30, help="with --dry-run: how many days to look ahead (30)")

    def handle(self, *, dry_run: bool, days: int, **_options: Any) -> None:
        if dry_run:
            self._print_planned(today() + dt.timedelta(days=days))
        else:
            gone = expunging.expunge()
            for kind, count in sorted(gone.items()):
                self.stdout.write(f"{count:>7}  {kind.label}")
            self.stdout.write(f"{sum(gone.values())} destroyed.")

    def _print_planned(self, until: dt.date) -> None:
        planned = expunging.planned(until)
        for (kind, day), count in sorted(planned.items(), key=lambda line: (line[0][1], line[0][0])):
            self.stdout.write(f"{day}  {count:>7}  {kind.label}")
        self.stdout.write(f"{sum(planned.values())} to be destroyed by {until}; nothing was destroyed now.")
