from __future__ import annotations

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from conduct.loading import CodeRefused, load


class Command(BaseCommand):
    """Load one version of the Code; loading it again changes none of its words."""

    help = "Load a version of the Code of Conduct from a TOML file (see conduct/code.toml)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **_options: object) -> None:
        try:
            version, is_new = load(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, CodeRefused) as error:
            raise CommandError(f"{file}: {error}") from error
        self.stdout.write(f"{version}: loaded." if is_new else f"{version}: was loaded already.")
