"""`manage.py load_policy FILE`: add a version of the National policy, as somebody checked it."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from grievances.packet.policy import NotAPolicy, load


class Command(BaseCommand):
    """Reads a TOML file like `grievances/packet/national.toml`; the version loaded last is shown everywhere."""

    help = "Add a version of the National policy from a TOML file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            added = load(options["file"].read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as wrong:
            raise CommandError(f"The file could not be read: {wrong}") from wrong
        except NotAPolicy as wrong:
            raise CommandError(f"The file states no policy: {wrong}") from wrong
        self.stdout.write(f"Added: {added}.")
