"""Check the whole ledger: `python manage.py verify_ledger`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count

from caracol.ledger.chain import first_fault
from caracol.ledger.models import Entry


class Command(BaseCommand):
    """Exit 1 and print the first entry that is not as it was written, or print how many are."""

    help = "Check every chain of the ledger for edits, gaps and forgeries."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Walk all chains; raises CommandError at the first fault."""
        fault = first_fault()
        if fault:
            raise CommandError(str(fault))
        counts = Entry.objects.aggregate(entries=Count("id"), chains=Count("chain", distinct=True))
        self.stdout.write(f"{counts['entries']} entries in {counts['chains']} chains, all as they were written.")
