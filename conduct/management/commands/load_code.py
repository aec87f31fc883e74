from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from conduct.loading import CodeRefused, load
from conduct.translating import load_translation


class Command(BaseCommand):
    """Load one version of the Code, and the translations beside it; loading it again changes none of its words."""

    help = "Load a version of the Code of Conduct from a TOML file (see conduct/code.toml)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **_options: object) -> None:
        try:
            version, is_new = load(file.read_text(encoding="utf-8"))
            for language, beside in _translations(file):
                load_translation(beside.read_text(encoding="utf-8"), version, language=language)
        except (OSError, UnicodeDecodeError, CodeRefused) as error:
            raise CommandError(f"{file}: {error}") from error
        self.stdout.write(f"{version}: loaded." if is_new else f"{version}: was loaded already.")


def _translations(file: Path) -> Iterator[tuple[str, Path]]:
    """Yield the translations that lie beside a file: beside code.toml, code.es.toml."""
    for language, _name in settings.LANGUAGES:
        beside = file.with_suffix(f".{language}{file.suffix}")
        if beside.exists():
            yield language, beside
