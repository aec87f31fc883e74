from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from caracol.accounts.models import User
from caracol.accounts.people import LoginRefused
from caracol.accounts.roles import RoleRefused
from conduct.models import Version
from grievances.demo import bulk, cast, past, story


class Command(BaseCommand):
    """Make the demo's people and cases, once; a second run only says what is there."""

    help = "Fill the site with made-up people and concerns, and print how to log in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--cases", type=int, default=0, metavar="N", help="add N more sealed cases")

    def handle(self, *, cases: int, **_options: Any) -> None:
        if not settings.DEMO and User.objects.exists():
            raise CommandError("There are people here. The demo's password is known to all: set DEMO=1 to add it.")
        if cases < 0:
            raise CommandError("--cases takes a number from 0 up.")
        self.stdout.write("The demo is there already." if cast.is_there() else self._built())
        if cases:
            bulk.add(cases)
            self.stdout.write(f"Added {cases} more cases.")
        self._print_logins()

    def _built(self) -> str:
        if not Version.objects.filter(since__lte=timezone.localdate()).exists():
            raise CommandError("Load the Code first: manage.py load_code conduct/code.toml")
        try:
            with transaction.atomic():
                people = cast.join_all()
                story.tell(people)
                past.release_it(people)
        except (LoginRefused, RoleRefused) as refusal:
            raise CommandError(f"The demo needs a site of its own. {refusal}") from None
        return "The demo is ready."

    def _print_logins(self) -> None:
        self.stdout.write("\nLog in as        and find")
        for figure in cast.CAST:
            self.stdout.write(f"  {figure.login:<14} {figure.finds}")
        self.stdout.write(f"\nThe password of them all: {cast.PASSWORD}")
