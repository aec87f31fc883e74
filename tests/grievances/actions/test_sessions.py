"""Sessions of mediation before they are held: who is invited, what they answer, and what ends them."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from caracol.ledger.chain import entries
from grievances.actions import papers, seats, sessions
from grievances.actions.seats import invite_support
from grievances.actions.sessions import Plan
from grievances.events import Event
from grievances.exceptions import NotOpen, NotYours, SomebodyWasFaster
from grievances.models import Case, Consent, Invited, MediationSession, Notice, PlannedSession, Space
from grievances.workflow import Step
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.moves import SESSION, opened, planned

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

ACCEPTED, DECLINED, OTHER = Invited.Answer.ACCEPTED, Invited.Answer.DECLINED, Invited.Answer.OTHER
EVERYBODY = ("member", "respondent", "mediator", "mediator2", "friend", "stranger")


def answers(session: PlannedSession) -> dict[str, str]:
    return {each.seat.user.handle: each.answer for each in session.invited.select_related("seat__user")}


def told(going: Walk, event: Event) -> set[str]:
    """Return who was told of something, by login."""
    ids = set(Notice.objects.filter(case=going.case, event=event).values_list("user_id", flat=True))
    return {login for login in EVERYBODY if going.cast.user(login).pk in ids}


def stands(session: PlannedSession) -> bool:
    session.refresh_from_db()
    return session.ended_at is None


def in_days(days: int) -> dt.datetime:
    return timezone.now().replace(microsecond=0) + dt.timedelta(days=days)


# Planning


def test_a_joint_session_needs_each_sides_consent_to_sit_together(cast: Cast) -> None:
    going = walk(cast, "mediation")
    going.agree(Consent.To.JOINT, "member")
    both = [going.seat_token(login) for login in ("member", "respondent")]
    with pytest.raises(NotOpen, match="each side") as refused:
        sessions.plan(
            going.case,
            MediationSession.Form.JOINT,
            Plan(Space.Channel.CALL, in_days(3)),
            both,
            by=cast["mediator"],
        )
    assert (refused.value.clause, PlannedSession.objects.count()) == ("4.0", 0)


@pytest.mark.parametrize(
    ("form", "invited"),
    [("joint", ("member",)), ("joint", ()), ("shuttle", ("member", "respondent")), ("shuttle", ())],
)
def test_together_is_both_sides_and_apart_is_one(form: str, invited: tuple[str, ...], cast: Cast) -> None:
    going = walk(cast, "mediation")
    going.agree(Consent.To.JOINT, "member", "respondent")
    tokens = [going.seat_token(login) for login in invited]
    with pytest.raises(NotOpen):
        sessions.plan(
            going.case,
            MediationSession.Form(form),
            Plan(Space.Channel.CALL, in_days(3)),
            tokens,
            by=cast["mediator"],
        )


def test_who_stands_by_a_side_comes_with_that_side_alone(cast: Cast) -> None:
    going = walk(cast, "mediation")
    invite_support(going.case, cast.user("friend"), by=cast["member"])
    with pytest.raises(NotOpen, match="one by one"):
        planned(going, "respondent", "friend", form="shuttle")
    assert set(answers(planned(going, "member", "friend", form="shuttle"))) == {
        cast.user("member").handle,
        cast.user("friend").handle,
    }


@pytest.mark.parametrize("login", ["member", "respondent", "intake", "stranger"])
def test_only_a_mediator_of_the_case_plans(login: str, cast: Cast) -> None:
    going = walk(cast, "mediation")
    with pytest.raises(NotYours):
        planned(going, "member", form="shuttle", by=login)


def test_nothing_is_planned_before_there_is_mediation_or_for_a_time_that_has_passed(cast: Cast) -> None:
    with pytest.raises(NotOpen, match="while there is mediation"):
        planned(walk(cast, "told"), "member", form="shuttle")
    with pytest.raises(NotOpen, match="yet to come"):
        planned(walk(cast, "mediation"), "member", form="shuttle", days=-1)


def test_who_took_back_their_consent_to_mediation_is_not_invited(cast: Cast) -> None:
    going = walk(cast, "mediation")
    consent = Consent.objects.get(seat__user=cast.user("respondent"), to=Consent.To.MEDIATION)
    papers.withdraw_consent(going.case, consent, by=cast["respondent"])
    with pytest.raises(NotOpen):
        planned(going, "respondent", form="shuttle")


def test_where_it_is_held_is_read_by_those_invited_and_the_mediators(cast: Cast) -> None:
    going = walk(cast, "mediation")
    planned(going, "respondent", form="shuttle", place="The room above the library.")
    said = ("place", "The room above the library.")
    readers = {login for login in EVERYBODY if said in opened(going.case, cast[login])}
    assert readers == {"respondent", "mediator", "mediator2"}


def test_those_invited_and_the_other_mediator_are_told(cast: Cast) -> None:
    going = walk(cast, "mediation")
    planned(going, "respondent", form="shuttle")
    assert told(going, Event.SESSION_PLANNED) == {"respondent", "mediator2"}


# Answering


def test_whoever_is_invited_answers_and_may_think_again(cast: Cast) -> None:
    going = walk(cast, "mediation")
    session = planned(going)
    for said in (ACCEPTED, DECLINED):
        sessions.answer(going.case, session, said, seen=1, by=cast["respondent"])
    sessions.answer(going.case, session, OTHER, seen=1, other_at=in_days(9), by=cast["member"])
    assert answers(session) == {cast.user("member").handle: "other", cast.user("respondent").handle: "declined"}
    assert stands(session)


def test_an_answer_reaches_the_mediators_alone_until_all_have_accepted(cast: Cast) -> None:
    going = walk(cast, "mediation")
    session = planned(going)
    sessions.answer(going.case, session, ACCEPTED, seen=1, by=cast["respondent"])
    assert told(going, Event.SESSION_ANSWERED) == {"mediator", "mediator2"}
    assert told(going, Event.SESSION_SETTLED) == set()
    sessions.answer(going.case, session, ACCEPTED, seen=1, by=cast["member"])
    assert told(going, Event.SESSION_SETTLED) == {"respondent", "mediator", "mediator2"}


@pytest.mark.parametrize("login", ["member", "mediator", "stranger"])
def test_nobody_answers_for_another(login: str, cast: Cast) -> None:
    going = walk(cast, "mediation")
    session = planned(going, "respondent", form="shuttle")
    with pytest.raises(NotYours):
        sessions.answer(going.case, session, ACCEPTED, seen=1, by=cast[login])


def test_a_session_of_another_case_is_not_answered_here(cast: Cast) -> None:
    other = walk(cast, "mediation").case
    session = planned(walk(cast, "mediation"))
    with pytest.raises(NotOpen):
        sessions.answer(other, session, ACCEPTED, seen=1, by=cast["respondent"])


def test_what_has_begun_is_not_answered_any_more(cast: Cast) -> None:
    going = walk(cast, "mediation")
    session = planned(going)
    with time_machine.travel(in_days(8)), pytest.raises(NotOpen, match="has passed"):
        sessions.answer(going.case, session, ACCEPTED, seen=1, by=cast["respondent"])


def test_another_time_lies_ahead(cast: Cast) -> None:
    going = walk(cast, "mediation")
    session = planned(going)
    with pytest.raises(NotOpen, match="yet to come"):
        sessions.answer(going.case, session, OTHER, seen=1, other_at=in_days(-2), by=cast["respondent"])


# Changing and calling off


def test_another_time_asks_everybody_anew(cast: Cast) -> None:
    going = walk(cast, "mediation")
    session = planned(going)
    sessions.answer(going.case, session, OTHER, seen=1, other_at=in_days(9), by=cast["respondent"])
    what = Plan(Space.Channel.IN_PERSON, in_days(9), "The library.")
    sessions.change(going.case, session, what, seen=1, where_was="", by=cast["mediator2"])
    assert set(answers(session).values()) == {""}
    assert told(going, Event.SESSION_CHANGED) == {"member", "respondent", "mediator"}
    assert ("place", "The library.") in opened(going.case, cast["respondent"])


def test_another_place_leaves_the_answers_and_replaces_the_words(cast: Cast) -> None:
    going = walk(cast, "mediation")
    session = planned(going, place="The library.")
    sessions.answer(going.case, session, ACCEPTED, seen=1, by=cast["respondent"])
    what = Plan(Space.Channel.CALL, session.meets_at, "The park.")
    sessions.change(going.case, session, what, seen=1, where_was="The library.", by=cast["mediator"])
    assert answers(session)[cast.user("respondent").handle] == "accepted"
    assert ("place", "The park.") in opened(going.case, cast["member"])


def test_who_answers_what_was_changed_meanwhile_is_told_and_nothing_is_kept(cast: Cast) -> None:
    going = walk(cast, "mediation")
    session = planned(going)
    sessions.change(
        going.case, session, Plan(Space.Channel.CALL, in_days(9)), seen=1, where_was="", by=cast["mediator"]
    )
    with pytest.raises(SomebodyWasFaster):
        sessions.answer(going.case, session, ACCEPTED, seen=1, by=cast["respondent"])
    with pytest.raises(SomebodyWasFaster):
        sessions.call_off(going.case, session, seen=1, by=cast["mediator2"])
    assert set(answers(session).values()) == {""}


def test_a_session_that_is_called_off_is_over_and_all_are_told(cast: Cast) -> None:
    going = walk(cast, "mediation")
    session = planned(going)
    sessions.call_off(going.case, session, seen=1, by=cast["mediator"])
    assert told(going, Event.SESSION_CALLED_OFF) == {"member", "respondent", "mediator2"}
    with pytest.raises(NotOpen, match="called off"):
        sessions.answer(going.case, session, ACCEPTED, seen=1, by=cast["respondent"])


@pytest.mark.parametrize(("to", "left"), [(Consent.To.JOINT, ["shuttle"]), (Consent.To.MEDIATION, [])])
def test_a_consent_taken_back_calls_off_what_needed_it_and_names_nobody(
    to: Consent.To, left: list[str], cast: Cast
) -> None:
    going = walk(cast, "mediation")
    planned(going), planned(going, "respondent", form="shuttle")
    consent = Consent.objects.get(seat__user=cast.user("respondent"), to=to)
    papers.withdraw_consent(going.case, consent, by=cast["respondent"])
    assert [each.form for each in PlannedSession.objects.filter(ended_at=None)] == left
    assert {each.actor for each in entries(going.case.chain, Event.SESSION_CALLED_OFF)} == {""}


def test_a_side_that_leaves_takes_its_sessions_along_and_who_stood_by_leaves_them_be(cast: Cast) -> None:
    going = walk(cast, "mediation")
    invite_support(going.case, cast.user("friend"), by=cast["member"])
    session = planned(going, "member", "respondent", "friend")
    seats.leave(going.case, by=cast["friend"])
    assert stands(session)
    seats.leave(going.case, by=cast["respondent"])
    assert not stands(session)


def test_no_session_outlives_the_mediation(cast: Cast) -> None:
    going = walk(cast, "mediation")
    session = planned(going)
    going.take(Step.CLOSE_WITHOUT_AGREEMENT, "mediator", {"text": "They do not agree."})
    assert not stands(session)


# Holding


def test_recording_a_session_takes_over_the_planned_one(cast: Cast) -> None:
    going = walk(cast, "mediation")
    session, another = planned(going, "respondent", form="shuttle"), planned(going, "member", form="shuttle")
    with time_machine.travel(in_days(8)):
        today = timezone.localdate().isoformat()
        going.take(Step.RECORD_SESSION, "mediator", **{**SESSION, "held_on": today, "planned": [session.token]})
    session.refresh_from_db()
    assert (session.held, stands(another)) == (MediationSession.objects.get(), True)


def test_a_planned_session_of_another_case_is_not_taken_over(cast: Cast) -> None:
    other = planned(walk(cast, "mediation"), "respondent", form="shuttle")
    walk(cast, "mediation").take(Step.RECORD_SESSION, "mediator", **{**SESSION, "planned": [other.token]})
    assert stands(other)


def test_each_side_reads_in_the_history_of_its_own_sessions_alone(cast: Cast) -> None:
    going = walk(cast, "mediation")
    planned(going, "respondent", form="shuttle")
    case = Case.objects.get(pk=going.case.pk)
    lines = {
        login: "planned a session" in cast.browser(login).get(f"/cases/{case.reference}/history/").content.decode()
        for login in ("member", "respondent", "mediator2")
    }
    assert lines == {"member": False, "respondent": True, "mediator2": True}
