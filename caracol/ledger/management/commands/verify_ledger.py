"""Check the whole ledger: `python manage.py verify_ledger [--noted HASH]`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from caracol.ledger import chain, checkpoints, verifying


class Command(BaseCommand):
    """Exit 1 and print the first entry that is not as it was written, or print how many are."""

    help = "Check every chain of the ledger for edits, gaps and forgeries, and every night for what was cut off."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--noted",
            action="append",
            default=[],
            metavar="HASH",
            help="the hash of a checkpoint as somebody noted it on paper; may be given several times",
        )

    def handle(self, *_args: Any, noted: list[str], **_options: Any) -> None:
        """Walk all chains, then the checkpoints; raises CommandError at the first fault."""
        walk = chain.Walk()
        if fault := verifying.first_fault(walk):
            raise CommandError(str(fault))
        for each in noted:
            if not checkpoints.stands(each):
                raise CommandError(f"chain {checkpoints.CHAIN}: no checkpoint with the hash noted as {each}")
        self.stdout.write(f"{walk.entries} entries in {walk.chains} chains, all as they were written.")
        self.stdout.write(self._last())

    def _last(self) -> str:
        for last in checkpoints.latest(1):
            return f"The last checkpoint is of {last.night}: {last.shown}"
        return "There is no checkpoint yet: nothing shows whether the end of a chain was cut off."
