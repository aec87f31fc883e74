"""
A site of its own, in files, as a thief would find them: `build` fills it, `try_to_read` opens what it can.

Run as a program with VAR_DIR and DJANGO_SETTINGS_MODULE set, since Django reads one pair of databases in its life.
Prints a report as JSON.
"""

from __future__ import annotations

import io
import json
import sys
from collections import Counter
from collections.abc import Callable

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connections

if __name__ == "__main__":
    django.setup()

from caracol.accounts.models import User
from caracol.ledger.chain import first_fault
from caracol.vault.box import SealBroken, open_seal
from grievances import access, sealing
from grievances.demo.bulk import CROWD
from grievances.demo.cast import CAST, with_keys
from grievances.models import Case, Entry, RoomGrant

BULK = 10


def build() -> dict[str, object]:
    """Build the demo with some cases in bulk, run it again, and leave nothing in a write-ahead log."""
    _prepare("conduct/code.toml")
    first = _demo("--cases", str(BULK))
    cases, people = Case.objects.count(), User.objects.count()
    report = {
        "first": first,
        "again": _demo(),
        "cases": cases,
        "added again": [Case.objects.count() - cases, User.objects.count() - people],
        "stages": Counter(Case.objects.values_list("stage", flat=True)),
        "fault": str(first_fault()),
    }
    with connections["default"].cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return report


def try_to_read() -> dict[str, object]:
    """
    Let everybody of the cast log in with their password, and read all they can.

    Returns how many entries the site shows at least one of them, how many it shows as forged, how many it has, how
    many of these lie in destroyed rooms, and how many open to somebody's private key without asking the site.
    """

    call_command("migrate", database="keys", verbosity=0)
    everybody = with_keys(*(figure.login for figure in (*CAST, *CROWD))).values()
    shown: set[int] = set()
    forged = 0
    for actor in everybody:
        rooms = access.rooms_of(actor.user)
        entries = Entry.objects.filter(room__in=rooms).select_related("room__case", "author")
        opened = sealing.read(entries, by=actor)
        shown |= {each.entry.pk for each in opened if each.verified}
        forged += len([each for each in opened if not each.verified])

    def opens(private: bytes, sealed: bytes) -> bool:
        try:
            return bool(open_seal(private, sealed))
        except SealBroken:
            return False

    privates = [actor.keys.box for actor in everybody]
    stolen = [bytes(entry.sealed) for entry in Entry.objects.all()]
    for grant in RoomGrant.objects.all():
        stolen += access.grants_of(grant.user, [grant.content_object]).get(grant.content_object_id, {}).values()
    return {
        "shown": len(shown),
        "forged": forged,
        "all": Entry.objects.count(),
        "destroyed": Entry.objects.exclude(room__destroyed_at=None).count(),
        "by force": len([sealed for sealed in stolen if any(opens(private, sealed) for private in privates)]),
        "stolen": len(stolen),
    }


def _prepare(code: str) -> None:
    for database in ("default", "keys"):
        call_command("migrate", database=database, verbosity=0, skip_checks=True)
    call_command("load_code", code, stdout=io.StringIO(), skip_checks=True)


def _demo(*words: str) -> str:
    out = io.StringIO()
    call_command("demo", *words, stdout=out, skip_checks=True)
    return out.getvalue()


DEEDS: dict[str, Callable[[], dict[str, object]]] = {"build": build, "try_to_read": try_to_read}

if __name__ == "__main__":
    settings.ARGON2_PASSES, settings.ARGON2_KIBIBYTES = 1, 8
    sys.stdout.write(json.dumps(DEEDS[sys.argv[1]]()))
