from __future__ import annotations

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from grievances.retention import RetentionRefused, load


class Command(BaseCommand):
    """Load how long each kind of record is kept; what has a date already keeps it."""

    help = "Load a schedule of what is kept how long from a TOML file (see grievances/retention.toml)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **_options: object) -> None:
        try:
            changed = load(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, RetentionRefused) as error:
            raise CommandError(f"{file}: {error}") from error
        for kind, days in changed.items():
            self.stdout.write(f"{kind.label}: {days} days from today on.")
        self.stdout.write("Nothing else changed." if changed else "That is the schedule already.")
