"""
What was expunged opens to nobody, by whatever copy of the database from before.

The thief restores a backup beside today's key store, and has every password, every personal recovery code, enough
shares of the recovery key, and everything in both databases and the settings that could be a key.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.db import connections
from django.utils import timezone

from caracol import backups
from caracol.accounts import keys
from caracol.accounts import recovery as personal
from caracol.files.shelf import shelf
from caracol.ledger import chain, triggers
from caracol.vault.recovery import combine
from grievances.actions import expunging
from grievances.actions.evidence import stored
from grievances.exceptions import Unverified
from grievances.models import Case, Entry, Kept
from grievances.sealing import read_one
from grievances.workflow import Step
from tests.files.made import TEXT
from tests.grievances.cast import PASSWORD, Cast, Walk, walk
from tests.grievances.evidence import handed_in
from tests.grievances.kit import Stewards, stewards
from tests.grievances.test_stolen import Thief, in_the_databases
from tests.restored import restored

pytestmark = [pytest.mark.django_db(databases=["default", "keys"], transaction=True), pytest.mark.everywhere]


def closed_case(cast: Cast) -> Walk:
    going = walk(cast, "mediation")
    handed_in(going)
    going.take(Step.WITHDRAW, "member")
    return going


def two_years_later() -> None:
    with time_machine.travel(timezone.now() + dt.timedelta(days=730), tick=False):
        assert expunging.expunge()[Kept.CASE] == 1


def all_keys(cast: Cast, made: Stewards, codes: dict[str, str]) -> set[bytes]:
    """Return what every password, every code on paper and enough shares give, with all that lies about."""
    users = [actor.user for actor in cast.actors.values()]
    by_password = {keys.unlock(user, PASSWORD).box for user in users}
    by_code = {personal.open_copy(user, codes[user.handle]).box for user in users}
    assert by_password == by_code
    return {*by_password, *in_the_databases(), combine(made.shares(), made.made.kit)}


def codes_of(cast: Cast) -> dict[str, str]:
    codes = {}
    for actor in cast.actors.values():
        made = personal.make(actor.user, actor.keys)
        personal.keep(made)
        codes[actor.user.handle] = made.shown
    return codes


def test_with_todays_key_store_a_backup_from_before_opens_nothing_of_it(cast: Cast, tmp_path: Path) -> None:
    made = stewards(cast)
    going = closed_case(cast)
    codes = codes_of(cast)
    before = backups.copy("default", tmp_path / "database")
    keys_before = backups.copy("keys", tmp_path / "keys")

    two_years_later()

    with restored("default", before):
        entries = list(Entry.objects.filter(room__case__reference=going.case.reference))
        assert len(entries) > 6
        assert Thief(all_keys(cast, made, codes)).opens(entries) == []
        # Control: with the key store of that day the same hands open all of it.
        with restored("keys", keys_before):
            assert Thief(all_keys(cast, made, codes)).opens(entries) == entries


def test_its_files_are_gone_from_the_disk(cast: Cast) -> None:
    closed_case(cast)
    assert len(shelf().listdir("")[1]) == 1
    two_years_later()
    assert shelf().listdir("")[1] == []


def test_a_file_whose_time_is_over_opens_to_nobody_though_its_case_stands(cast: Cast, tmp_path: Path) -> None:
    closed_case(cast)
    before, keys_before = backups.copy("default", tmp_path / "database"), backups.copy("keys", tmp_path / "keys")
    (token,) = shelf().listdir("")[1]
    with shelf().open(token) as standing:
        taken_away = standing.read()
    with time_machine.travel(timezone.now() + dt.timedelta(days=90), tick=False):
        assert expunging.expunge()[Kept.EVIDENCE] == 1
    shelf().save(token, ContentFile(taken_away))

    with restored("default", before):
        entry = Entry.objects.select_related("room__case", "author").get(token=token)
        assert read_one(entry, by=cast["member"])["name"] == "notes.txt"
        with pytest.raises(Unverified):
            stored(entry, by=cast["member"])
        # Control: with the key store of that day it opens.
        with restored("keys", keys_before):
            assert b"".join(stored(entry, by=cast["member"]).pieces()) == TEXT


def test_the_record_holds_before_and_after_and_in_a_restored_copy_too(cast: Cast, tmp_path: Path) -> None:
    closed_case(cast)
    before = backups.copy("default", tmp_path)
    two_years_later()
    assert (chain.first_fault(), Case.objects.count()) == (None, 0)
    with restored("default", before):
        assert (chain.first_fault(), Case.objects.count()) == (None, 1)
        assert triggers.present(connections["default"])


def test_what_was_restored_from_before_goes_again_with_the_next_run(cast: Cast, tmp_path: Path) -> None:
    closed_case(cast)
    before = backups.copy("default", tmp_path)
    two_years_later()
    with restored("default", before):
        two_years_later()
        assert Case.objects.count() == 0
        assert chain.first_fault() is None
