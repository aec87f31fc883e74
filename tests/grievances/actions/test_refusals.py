"""Refused attempts are recorded, whatever became of the deed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from caracol.ledger.chain import entries
from grievances.actions import (
    amends,
    dates,
    one_on_one,
    papers,
    people,
    recovery,
    refusals,
    renewed,
    retaliation,
    seats,
    sessions,
    uncounted,
)
from grievances.events import Event
from grievances.exceptions import NotOpen, Refused
from grievances.models import Case, Clock, Consent, Invited, PlannedSession, Pseudonym, Purpose, Route, Space
from grievances.rooms import RoomKind
from grievances.workflow import Step
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.moves import planned, room
from tests.grievances.views.pages import at, text_of

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

REFUSALS = {Event.REFUSED, Event.ROOM_REFUSED}


def refused(case: Case) -> list[tuple[str, str, dict[str, object]]]:
    """Return the refusals that the ledger has of a case: what, of whom, and with which facts."""
    return [(told.event, told.actor, dict(told.details)) for told in entries(case.chain) if told.event in REFUSALS]


def name(going: Walk, login: str) -> str:
    return Pseudonym.of(going.case.chain, going.cast.user(login))


def _paper(going: Walk) -> None:
    papers.prepare(going.case, Purpose.AGREEMENT, {"text": "We agree."}, by=going.cast["respondent"])


def _consent(going: Walk) -> None:
    papers.consent(going.case, Consent.To.RESOLVED, by=going.cast["respondent"])


def _withdraw_consent(going: Walk) -> None:
    given = Consent.objects.filter(seat__case=going.case, seat__reporter=True)[0]
    papers.withdraw_consent(going.case, given, by=going.cast["respondent"])


def _leave(going: Walk) -> None:
    seats.leave(going.case, by=going.cast["stranger"])


def _support(going: Walk) -> None:
    seats.invite_support(going.case, going.cast.user("friend"), by=going.cast["mediator"])


def _bar(going: Walk) -> None:
    people.say_who_must_not_serve(going.case, [], by=going.cast["respondent"])


def _answer(going: Walk) -> None:
    member = going.case.seats.get(reporter=True)
    space = Space.objects.create(case=going.case, offered_by=member, offered_to=member, channel=Space.Channel.CALL)
    one_on_one.answer(going.case, space, accepts=True, by=going.cast["respondent"])


def _recover(going: Walk) -> None:
    recovery.ask(going.case, ["nobody"], by=going.cast["respondent"])


def _give_back(going: Walk) -> None:
    renewed.give_back(going.case, "no-seat", by=going.cast["respondent"])


def _date(going: Walk) -> None:
    clock = going.case.clocks.get(kind=Clock.Kind.RESOLVE)
    seen = dates.Seen(Clock.Kind.RESOLVE, clock.due_on, paused=False)
    dates.pause(going.case, seen, "A holiday.", by=going.cast["respondent"])


def _speak(going: Walk) -> None:
    amends.speak(going.case, {"how": "partly"}, by=going.cast["respondent"])


def _uncounted(going: Walk) -> None:
    uncounted.leave_uncounted(going.case, [], by=going.cast["respondent"])


def _retaliation(going: Walk) -> None:
    retaliation.report(going.case, Route.HARMED, by=going.cast["stranger"])


def _plan(going: Walk) -> None:
    planned(going, "respondent", form="shuttle", by="respondent")


def _invited(going: Walk) -> None:
    at = timezone.now() + dt.timedelta(days=7)
    session = PlannedSession.objects.create(case=going.case, form="shuttle", channel="call", meets_at=at)
    sessions.answer(going.case, session, Invited.Answer.ACCEPTED, seen=1, by=going.cast["respondent"])


DEEDS = [_paper, _consent, _withdraw_consent, _leave, _support, _bar, _answer, _recover, _give_back]
DEEDS += [_date, _speak, _uncounted, _retaliation, _plan, _invited]
DOES: dict[Callable[[Walk], None], str] = {_leave: "stranger", _support: "mediator", _retaliation: "stranger"}


@pytest.mark.parametrize("deed", DEEDS)
def test_every_deed_that_is_refused_leaves_one_line_and_nothing_else(cast: Cast, deed: Callable[[Walk], None]) -> None:
    going = walk(cast, "told")
    cast["stranger"], cast["friend"]
    told = len(entries(going.case.chain))
    with pytest.raises(Refused) as refusal:
        deed(going)
    assert refused(going.case) == [(Event.REFUSED, name(going, DOES.get(deed, "respondent")), {})]
    assert len(entries(going.case.chain)) == told + 1
    assert refusal.value.recorded


def test_a_deed_that_is_done_leaves_none(cast: Cast) -> None:
    going = walk(cast, "told")
    going.agree(Consent.To.ONE_ON_ONE, "member")
    assert refused(going.case) == []


def test_what_a_refused_deed_had_written_is_gone_and_its_refusal_stays(cast: Cast) -> None:
    going = walk(cast, "served")

    @refusals.together
    def begins_and_fails(case: Case, *, by: object) -> None:
        Case.objects.filter(pk=case.pk).update(split=True)
        raise NotOpen("no")

    with pytest.raises(NotOpen):
        begins_and_fails(going.case, by=cast["mediator"])
    going.case.refresh_from_db()
    assert (going.case.split, len(refused(going.case))) == (False, 1)


def test_one_refusal_is_recorded_once_however_many_doors_it_passes(cast: Cast) -> None:
    going = walk(cast, "served")
    refusal = NotOpen("no")
    for _ in range(3):
        refusals.note(going.case, cast.user("mediator"), because=refusal)
    assert len(refused(going.case)) == 1


def test_nobody_makes_a_chain_long_by_being_refused(cast: Cast) -> None:
    going = walk(cast, "served")
    for _ in range(refusals.MOST_A_DAY + 5):
        refusals.note(going.case, cast.user("mediator"))
    refusals.note(going.case, cast.user("mediator2"))
    assert len(refused(going.case)) == refusals.MOST_A_DAY + 1
    with time_machine.travel(timezone.now() + dt.timedelta(days=1)):
        refusals.note(going.case, cast.user("mediator"))
    assert len(refused(going.case)) == refusals.MOST_A_DAY + 2


def test_a_refusal_inside_a_larger_deed_goes_with_it(cast: Cast) -> None:
    going = walk(cast, "served")
    with transaction.atomic():
        refusals.note(going.case, cast.user("mediator"))
        transaction.set_rollback(True)
    assert refused(going.case) == []


# --- By the pages ---


def test_a_page_that_belongs_to_another_seat_is_recorded_as_refused(cast: Cast) -> None:
    going = walk(cast, "told")
    assert cast.browser("respondent").get(at(going, "recovery/")).status_code == 403
    assert refused(going.case) == [(Event.REFUSED, name(going, "respondent"), {})]


def test_a_step_of_another_seat_is_recorded_with_the_step(cast: Cast) -> None:
    going = walk(cast, "told")
    address = at(going, f"{Step.CLOSE_OUT_OF_SCOPE}/")
    assert cast.browser("mediator").post(address, {"version": 1}).status_code == 409
    assert refused(going.case) == [(Event.REFUSED, name(going, "mediator"), {"step": Step.CLOSE_OUT_OF_SCOPE})]


def test_a_door_somebody_of_the_case_has_no_key_to_is_recorded_and_answers_as_if_there_were_none(cast: Cast) -> None:
    going = walk(cast, "told")
    notes, browser = room(going.case, RoomKind.MEDIATORS), cast.browser("respondent")
    closed, unknown = (browser.get(at(going, f"rooms/{token}/")) for token in (notes.token, "no-such-room"))
    assert (closed.status_code, text_of(closed)) == (404, text_of(unknown))
    assert refused(going.case) == [(Event.ROOM_REFUSED, name(going, "respondent"), {"room": notes.token})]


def test_who_finds_no_case_at_all_leaves_no_line_in_it(cast: Cast) -> None:
    """A line would take time to write, and so tell that the case is there."""
    going = walk(cast, "told")
    own = room(going.case, RoomKind.PARTY, cast.user("member"))
    for path in ("", f"rooms/{own.token}/", "recovery/"):
        assert cast.browser("stranger").get(at(going, path)).status_code == 404
    assert refused(going.case) == []
