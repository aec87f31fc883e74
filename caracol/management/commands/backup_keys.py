from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from caracol import backups, status
from caracol.vault.routers import KEYS
from caracol.watch import done


class Command(BaseCommand):
    """Write a copy of the key store, and remove the copies older than a week: they hold keys destroyed since."""

    help = "Copy the key store into a folder of its own, and remove copies older than seven days there."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, nargs="?", default=settings.KEY_BACKUPS)

    def handle(self, *, folder: Path, **_options: object) -> None:
        if list(folder.glob("caracol-*")):
            raise CommandError(f"{folder} holds copies of the database. Keep the two apart: choose another folder.")
        try:
            # Before the new copy: what is too old goes, even where none can be made.
            removed = backups.rotate(folder)
            self.stdout.write(f"{backups.copy(KEYS, folder)}")
        except (OSError, backups.BackupFailed) as error:
            raise CommandError(str(error)) from error
        done.note(status.BACKUP_OF_KEYS)
        self.stdout.write(f"{removed} older than seven days removed.")
