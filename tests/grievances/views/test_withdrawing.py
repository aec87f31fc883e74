from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from caracol.vault.models import StoredKey
from grievances.actions import expunging
from grievances.models import Case, Deletion, Entry, Kept, Tally
from grievances.workflow import Step
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.views.pages import at

pytestmark = pytest.mark.django_db(databases=["default", "keys"], transaction=True)


def page(going: Walk) -> str:
    return str(going.cast.browser("member").get(at(going, f"{Step.WITHDRAW}/")).content.decode())


def withdraw(going: Walk, **answers: str) -> str:
    typed = {"version": str(going.case.version), **answers}
    answer = going.cast.browser("member").post(at(going, f"{Step.WITHDRAW}/"), typed, follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_before_the_button_it_says_what_stops_who_is_told_and_what_stays(cast: Cast) -> None:
    shown = page(walk(cast, "told"))
    for said in (
        "It stops at once",
        "the person named",
        "destroyed 730 days from now",
        "counted once in rough numbers",
    ):
        assert said in shown, said
    assert "When should everything be destroyed?" not in shown


def test_while_nobody_else_knows_it_offers_to_destroy_everything(cast: Cast) -> None:
    shown = page(walk(cast, "served"))
    assert "everything is destroyed after 7 days" in shown
    assert "When should everything be destroyed?" in shown


def test_destroyed_now_it_is_gone_for_everybody_and_in_every_copy(cast: Cast) -> None:
    going = walk(cast, "served")
    keys = StoredKey.objects.count()
    assert keys
    shown = withdraw(going, goes="now")
    assert "Everything is destroyed." in shown
    assert Deletion.objects.get(user=cast.user("member")).number in shown
    assert (Case.objects.count(), Entry.objects.count(), StoredKey.objects.count()) == (0, 0, 0)
    assert Tally.objects.exists()
    for login in ("member", "mediator", "intake"):
        assert cast.browser(login).get(at(going)).status_code == 404


def test_otherwise_it_goes_after_a_week_in_which_its_reporter_can_take_it_up_again(cast: Cast) -> None:
    going = walk(cast, "served")
    withdraw(going, goes="later")
    assert Case.objects.get().expunge_on == timezone.localdate() + dt.timedelta(days=7)
    going.case.refresh_from_db()
    going.take(Step.REOPEN, "member")
    with time_machine.travel(timezone.now() + dt.timedelta(days=8), tick=False):
        assert expunging.expunge()[Kept.CASE] == 0


@pytest.mark.parametrize("until", ["told", "one_on_one"])
def test_once_somebody_was_told_nobody_destroys_it_at_once_by_a_form_of_their_own(cast: Cast, until: str) -> None:
    going = walk(cast, until)
    withdraw(going, goes="now")
    assert Case.objects.get().expunge_on == timezone.localdate() + dt.timedelta(days=730)


def test_a_week_after_filing_it_follows_the_usual_days(cast: Cast) -> None:
    going = walk(cast, "served")
    Case.objects.update(filed_at=timezone.now() - dt.timedelta(days=7, hours=1))
    going.case.refresh_from_db()
    withdraw(going, goes="now")
    assert Case.objects.get().expunge_on == timezone.localdate() + dt.timedelta(days=730)
