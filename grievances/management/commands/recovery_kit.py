from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from caracol.accounts import roles
from caracol.accounts.models import SiteRole
from caracol.vault import recovery
from caracol.vault.recovery import Kit, NewKit, ShareRefused
from grievances.organisation import awaiting_renewal, kit_in_force, kits, renew, state_kit

IN_A_ROW = 4
BAR = 40
MOST_TRIES = 5
# Wipes a terminal's screen and what was scrolled off it.
WIPE = "\033[2J\033[3J\033[H"
PAGE = """\

CARACOL: SHARE {number} OF {shares} OF THE RECOVERY KEY, made on {day}

Any {needed} of the {shares} shares together open what was sealed for a recovery. Fewer open nothing.

{words}

Keep this paper where nobody else finds it. It is not stored anywhere and never shown again.
Type it nowhere but into Caracol, in a ceremony with the others. Never photograph it.
"""


class Command(BaseCommand):
    help = (
        "Make the organisation's recovery key and print its shares, one page for each member of the steering "
        "committee. Each share is typed back once; then the key is in force. Nothing of it is stored."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--needed", type=int, default=recovery.NEEDED, help="how many shares open (default 2)")
        parser.add_argument("--shares", type=int, default=recovery.SHARES, help="how many shares there are (default 3)")
        parser.add_argument("--renew", action="store_true", help="replace the kit, with shares of the old one")
        parser.add_argument("--demo", action="store_true", help="print the shares once and ask nothing (DEMO only)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["demo"] and not settings.DEMO:
            raise CommandError("--demo is for trying things out, with DEMO=1 alone.")
        kit = kit_in_force()
        if options["renew"]:
            self._renew(kit, options)
        elif kit is None:
            self._make(None, options)
        elif options["demo"]:
            self.stdout.write("There is a recovery kit already: its shares were printed when it was made.")
        else:
            raise CommandError("There is a recovery kit already. With shares of it, --renew makes a new one.")

    # Making

    def _make(self, before: Kit | None, options: dict[str, Any]) -> Kit:
        """Print a new kit, have it proved, and only then put it in force."""
        made = self._new(options["needed"], options["shares"], demo=options["demo"])
        for number in range(1, made.kit.shares + 1):
            self._print(made, number)
            if not options["demo"]:
                self._prove(made, number)
        if kit_in_force() != before:
            raise CommandError("Somebody else made a kit meanwhile. This one is not in force: destroy its papers.")
        state_kit(made.kit)
        self.stdout.write(f"The kit is in force: {made.kit.needed} of its {made.kit.shares} shares are needed.")
        return made.kit

    def _new(self, needed: int, shares: int, *, demo: bool) -> NewKit:
        if not demo and len(roles.holders(SiteRole.STEERING)) < shares:
            raise CommandError(f"Give the role steering to {shares} people first: each of them keeps one share.")
        try:
            return recovery.new_kit(needed, shares)
        except ValueError as error:
            raise CommandError(f"Choose other numbers: {error}.") from None

    def _print(self, made: NewKit, number: int) -> None:
        kit, words = made.kit, made.shares[number - 1].split()
        numbered = [f"{at:2}. {word:<10}" for at, word in enumerate(words, start=1)]
        rows = ["  ".join(numbered[start : start + IN_A_ROW]) for start in range(0, len(numbered), IN_A_ROW)]
        day = timezone.localdate().isoformat()
        page = PAGE.format(number=number, shares=kit.shares, needed=kit.needed, day=day, words="\n".join(rows))
        self.stdout.write(("\f" if number > 1 else "") + page)

    def _prove(self, made: NewKit, number: int) -> None:
        self._ask("Press Enter once it is on paper. ")
        self._wipe()
        for _try in range(MOST_TRIES):
            typed = recovery.plain(self._ask(f"Type share {number} back, from the paper: "))
            self._wipe()
            if typed == made.shares[number - 1]:
                return
            self.stdout.write("That is not what was printed. Please look at each word once more.")
        raise CommandError("The kit is not in force: a share could not be typed back. Destroy its papers, begin anew.")

    # Renewing

    def _renew(self, kit: Kit | None, options: dict[str, Any]) -> None:
        if kit is None:
            raise CommandError("There is no recovery kit yet: leave out --renew to make one.")
        waiting = awaiting_renewal(kit).first()
        if waiting is None:
            old = self._combined(kit)
            kit = self._make(kit, options)
        else:
            self.stdout.write("A renewal was begun and not finished. It goes on with shares of the old kit.")
            old = self._combined(next(each for each in kits() if each.fingerprint == waiting.kit))
        self._seal_anew(old, kit)

    def _combined(self, kit: Kit) -> bytes:
        typed = []
        for number in range(1, kit.needed + 1):
            typed.append(self._ask(f"Old share, {number} of {kit.needed}: "))
            self._wipe()
        try:
            return recovery.combine(typed, kit)
        except ShareRefused as refusal:
            which = f"Share {refusal.number} is" if refusal.number else "Together these are"
            raise CommandError(f"{which} not of the old kit, mistyped, or typed twice. Nothing was changed.") from None

    def _seal_anew(self, old: bytes, kit: Kit) -> None:
        total, done = awaiting_renewal(kit).count(), 0
        for batch in renew(old, kit):
            done += batch
            filled = BAR * done // total
            self.stdout.write(f"[{'#' * filled}{'.' * (BAR - filled)}] {done} of {total}")
        self.stdout.write("All is sealed to the new kit. Destroy the papers of the old one.")

    # Asking

    def _ask(self, prompt: str) -> str:
        self.stdout.write(prompt, ending="")
        self.stdout.flush()
        typed = sys.stdin.readline()
        if not typed:
            raise CommandError("The answers ended: nothing was changed.")
        return typed

    def _wipe(self) -> None:
        if self.stdout.isatty():
            self.stdout.write(WIPE, ending="")
