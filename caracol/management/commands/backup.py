from __future__ import annotations

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from caracol import backups, status
from caracol.watch import done


class Command(BaseCommand):
    """Write a copy of the database, which opens nothing without the key store: keep the two apart."""

    help = "Copy the database into a folder, without the key store (see docs/backup.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *, folder: Path, **_options: object) -> None:
        if list(folder.glob("keys-*")):
            raise CommandError(f"{folder} holds copies of the key store. Keep the two apart: choose another folder.")
        try:
            self.stdout.write(f"{backups.copy('default', folder)}")
        except (OSError, backups.BackupFailed) as error:
            raise CommandError(str(error)) from error
        done.note(status.BACKUP)
