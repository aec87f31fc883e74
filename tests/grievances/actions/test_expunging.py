from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from caracol.accounts import receipts
from caracol.accounts.models import User
from caracol.files.shelf import shelf
from caracol.ledger import chain
from caracol.ledger.models import Entry as Told
from caracol.vault import keystore
from caracol.vault.models import Destruction, StoredKey
from grievances.actions import expunging
from grievances.actions.conversations import keep
from grievances.actions.seats import invite_support
from grievances.deadlines import today
from grievances.events import Event
from grievances.models import (
    Case,
    CaseGrant,
    Codename,
    Deletion,
    Entry,
    Kept,
    Notice,
    Pseudonym,
    Room,
    RoomGrant,
    SealedFile,
    Tally,
)
from grievances.rooms import RoomKind
from grievances.workflow import Step
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.evidence import handed_in
from tests.services import until

pytestmark = pytest.mark.django_db(databases=["default", "keys"], transaction=True)


def days_later(days: int) -> time_machine.travel:
    return time_machine.travel(timezone.now() + dt.timedelta(days=days), tick=False)


def withdrawn(cast: Cast, until: str = "told") -> Walk:
    going = walk(cast, until)
    going.take(Step.WITHDRAW, "member")
    return going


@pytest.mark.parametrize(("days", "left"), [(729, 1), (730, 0)])
def test_a_case_is_destroyed_two_years_after_it_closed(cast: Cast, days: int, left: int) -> None:
    going = withdrawn(cast)
    with days_later(days):
        gone = expunging.expunge()
    assert (gone[Kept.CASE], Case.objects.filter(pk=going.case.pk).count()) == (1 - left, left)


def test_of_a_destroyed_case_nothing_stays_but_what_names_nobody(cast: Cast) -> None:
    going = walk(cast, "told")
    handed_in(going)
    invite_support(going.case, cast.user("friend"), by=cast["member"], reads=True)
    going.take(Step.WITHDRAW, "member")
    counted, rows = list(Tally.objects.order_by("pk").values()), Told.objects.filter(chain=going.case.chain).count()
    assert counted
    with days_later(730):
        expunging.expunge()
    for model in (Case, Room, Entry, SealedFile, Notice, RoomGrant, CaseGrant):
        assert not model.objects.exists(), model
    assert not StoredKey.objects.exists()
    assert shelf().listdir("")[1] == []
    assert not Pseudonym.objects.filter(chain=going.case.chain).exists()
    assert list(Tally.objects.order_by("pk").values()) == counted
    assert Codename.objects.filter(name=going.case.reference).exists()
    assert Told.objects.filter(chain=going.case.chain).count() == rows + 1
    assert chain.first_fault() is None


def test_a_case_that_is_open_is_never_destroyed_however_old(cast: Cast) -> None:
    going = withdrawn(cast)
    going.take(Step.REOPEN, "member")
    with days_later(5000):
        assert expunging.expunge()[Kept.CASE] == 0
    assert Case.objects.get().expunge_on is None


def test_its_parties_are_told_what_was_destroyed_with_a_number_that_the_ledger_knows(cast: Cast) -> None:
    going = withdrawn(cast)
    with days_later(730):
        expunging.expunge()
    assert set(Deletion.objects.values_list("user", flat=True)) == {
        cast.user("member").pk,
        cast.user("respondent").pk,
    }
    told = Deletion.objects.get(user=cast.user("member"))
    assert told.kinds == [RoomKind.NAMES, RoomKind.PARTY, RoomKind.TABLE]
    (said,) = chain.entries(going.case.chain, Event.EXPUNGED)
    assert expunging.hash_of(told.number) in said.facts
    assert going.case.reference not in str(vars(told))


def test_word_of_it_goes_after_three_months(cast: Cast) -> None:
    withdrawn(cast)
    with days_later(730):
        expunging.expunge()
    with days_later(730 + 89):
        assert expunging.expunge()[Kept.DELETION] == 0
    with days_later(730 + 90):
        assert expunging.expunge()[Kept.DELETION] == 2


@pytest.mark.parametrize(("days", "left"), [(89, 1), (90, 0)])
def test_files_go_ninety_days_after_the_closing_and_from_the_disk_too(cast: Cast, days: int, left: int) -> None:
    going = walk(cast, "told")
    token = handed_in(going)
    going.take(Step.WITHDRAW, "member")
    with days_later(days):
        assert expunging.expunge()[Kept.EVIDENCE] == 1 - left
    assert (shelf().exists(token), Entry.objects.filter(token=token).count()) == (bool(left), left)
    assert Case.objects.count() == 1


def test_what_went_to_national_is_kept_a_year_after_its_answer_and_its_files_as_long(cast: Cast) -> None:
    going = walk(cast, "served")
    handed_in(going)
    for stretch in (Walk.distinguished, Walk.told, Walk.one_on_one, Walk.mediation, Walk.amends, Walk.national):
        stretch(going)
    going.closed()
    with days_later(364):
        assert expunging.expunge() == Counter()
    with days_later(365):
        assert expunging.expunge() == Counter({Kept.TABLE: 1, Kept.PACKET: 1, Kept.EVIDENCE: 1})
    left = set(going.case.rooms.filter(destroyed_at=None).values_list("kind", flat=True))
    assert left == {RoomKind.NAMES, RoomKind.PARTY}


def test_nothing_that_was_said_to_go_is_gone_before_its_day(cast: Cast) -> None:
    withdrawn(cast, "filed")
    Case.objects.update(expunge_on=today() + dt.timedelta(days=730))
    until = today() + dt.timedelta(days=730)
    assert expunging.planned(until - dt.timedelta(days=1)) == Counter()
    assert expunging.planned(until) == Counter({(Kept.CASE, until): 1})


def test_a_private_talk_and_a_draft_are_counted_with_the_rest(cast: Cast) -> None:
    walk(cast, "begun")
    keep({"about": "The cat."}, by=cast["friend"])
    assert expunging.planned(today() + dt.timedelta(days=400)) == Counter(
        {(Kept.DRAFT, today() + dt.timedelta(days=31)): 1, (Kept.CONVERSATION, today() + dt.timedelta(days=366)): 1}
    )


def test_a_worker_that_was_stopped_midway_leaves_the_rest_to_the_next(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _case in range(2):
        withdrawn(cast, "filed")
    Case.objects.update(expunge_on=today())

    def stopped() -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(expunging, "clear", stopped)
        with pytest.raises(KeyboardInterrupt):
            expunging.expunge()
    assert (Case.objects.count(), Destruction.objects.exists()) == (0, True)
    expunging.expunge()
    assert StoredKey.objects.count() == 0
    # Where PostgreSQL's own housekeeping looked at the table just then, the next run says that it is done.
    until(lambda: not Destruction.objects.exists() or bool(keystore.run_destructions()))


def test_a_case_that_fails_stops_no_other(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = withdrawn(cast, "filed").case, withdrawn(cast, "filed").case
    Case.objects.update(expunge_on=today())
    told = expunging._tell_parties

    def fails_once(case: Case, kinds: list[str]) -> None:
        if case == first:
            raise RuntimeError
        told(case, kinds)

    monkeypatch.setattr(expunging, "_tell_parties", fails_once)
    assert expunging.expunge()[Kept.CASE] == 1
    assert list(Case.objects.all()) == [first]
    assert second.rooms.count() == 0
    # What was ordered for the one that failed was rolled back with it.
    assert StoredKey.objects.filter(token__in=list(first.rooms.values_list("token", flat=True))).count() == 2


def test_a_case_that_closed_before_there_were_days_is_given_one(cast: Cast) -> None:
    going = withdrawn(cast)
    Case.objects.update(expunge_on=None)
    expunging.expunge()
    going.case.refresh_from_db()
    assert going.case.expunge_on == today() + dt.timedelta(days=730)


@pytest.mark.parametrize(("days", "left"), [(89, 1), (90, 0)])
def test_a_receipt_that_nobody_uses_ends_after_ninety_days(cast: Cast, days: int, left: int) -> None:
    user = receipts.issue().user
    with days_later(days):
        assert expunging.expunge()[Kept.RECEIPT] == 1 - left
    assert User.objects.filter(pk=user.pk).count() == left


def test_using_a_receipt_keeps_it_and_only_the_day_is_known(cast: Cast) -> None:
    receipt = receipts.issue()
    cast.browser("stranger")
    with days_later(60):
        answer = Client().post("/accounts/login/", {"login": receipt.shown, "password": ""})
    assert answer.status_code == 302
    # A day less than the last: in between clocks change.
    with days_later(148):
        assert expunging.expunge()[Kept.RECEIPT] == 0
    assert User.objects.get(pk=receipt.user.pk).used_on == today() + dt.timedelta(days=60)
    assert User.objects.get(pk=cast.user("stranger").pk).used_on is None
