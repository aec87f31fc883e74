from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from caracol.ledger.chain import entries
from caracol.ledger.models import Entry as LedgerEntry
from grievances import access
from grievances.actions import confirm, papers, seats, take
from grievances.events import Event
from grievances.exceptions import NotOpen, NotYours, Refused, SomebodyWasFaster
from grievances.models import Case, Clock, Conflict, Consent, Entry, Nature, Notice, Proposal, Purpose, Seat
from grievances.workflow import Stage, Step
from tests.grievances.cast import Cast, Walk, walk
from tests.grievances.moves import WAITS, age, laid, sql

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def count(case: Case) -> list[int]:
    """What a refused step must leave as it was."""
    return [
        Entry.objects.count(),
        Notice.objects.count(),
        Proposal.objects.filter(ended_at=None).count(),
        case.rooms.count(),
        case.seats.filter(left_at=None).count(),
        Case.objects.get(pk=case.pk).version,
    ]


def said(case: Case, *events: Event) -> list[LedgerEntry]:
    return entries(case.chain, *events)


# One gate


def test_a_refusal_is_recorded_and_leaves_nothing_else(cast: Cast) -> None:
    going = walk(cast, "told")
    before, told = count(going.case), len(said(going.case))
    with pytest.raises(NotOpen):
        going.take(Step.BEGIN_ONE_ON_ONE, "mediator")
    assert count(going.case) == before
    assert [entry.event for entry in said(going.case)][told:] == [Event.REFUSED]
    assert said(going.case, Event.REFUSED)[0].details == {"step": Step.BEGIN_ONE_ON_ONE}


def test_a_step_refused_halfway_through_its_effect_leaves_nothing(cast: Cast) -> None:
    going = walk(cast, "told")
    going.take(Step.RECORD_ONE_ON_ONE, "mediator", one_on_one="unsafe")
    before = count(going.case)
    with pytest.raises(NotOpen):
        going.take(Step.SET_MEDIATION_ASIDE, "mediator", {"text": "So."}, actioned_how="held")
    assert count(going.case) == before


def test_a_step_of_another_seat_is_not_yours(cast: Cast) -> None:
    going = walk(cast, "served")
    with pytest.raises(NotYours, match="This step is for: mediator"):
        going.take(Step.DISTINGUISH, "member", {"text": "Mine."}, nature="interpersonal")


def test_whoever_saw_an_older_version_is_told_that_somebody_was_faster(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    seen = going.case.version
    going.served()
    with pytest.raises(SomebodyWasFaster):
        take(
            Step.DISTINGUISH,
            going.case,
            by=cast["mediator"],
            version=seen,
            choices={"nature": "mixed"},
            words={"text": "Both."},
        )
    assert Case.objects.get(pk=going.case.pk).nature == ""


def test_the_version_seen_lets_the_step_pass_once(cast: Cast) -> None:
    going = walk(cast, "filed")
    seen = going.take(Step.ACCEPT, "intake").version
    moved = take(Step.ACKNOWLEDGE, going.case, by=cast["intake"], version=seen).case
    assert moved.version == seen + 1


def test_a_step_tells_who_the_table_says_but_not_who_took_it(cast: Cast) -> None:
    going = walk(cast, "served")
    Notice.objects.all().delete()
    going.take(Step.ACKNOWLEDGE, "mediator") if not going.case.acknowledged_at else going.distinguished()
    assert set(Notice.objects.values_list("user__handle", flat=True)) == {cast.user("member").handle}


def test_clocks_start_and_stop_with_the_steps(cast: Cast) -> None:
    going = walk(cast, "filed")
    running = set(going.case.clocks.filter(stopped_at=None).values_list("kind", flat=True))
    going.taken_in()
    later = set(going.case.clocks.filter(stopped_at=None).values_list("kind", flat=True))
    assert running - later == {Clock.Kind.ACKNOWLEDGE}


def test_closing_stops_every_clock(cast: Cast) -> None:
    going = walk(cast, "told")
    going.take(Step.WITHDRAW, "member")
    assert not going.case.clocks.filter(stopped_at=None).exists()


# Two mediators


def proposed(cast: Cast) -> Walk:
    going = walk(cast, "served")
    going.take(Step.CLOSE_OUT_OF_SCOPE, "mediator", {"text": "It is about a cat abroad."})
    return going


def waiting(going: Walk) -> Proposal:
    return going.case.proposals.select_related("case", "proposed_by").latest("pk")


def test_the_first_mediator_only_proposes(cast: Cast) -> None:
    going = proposed(cast)
    assert (going.case.stage, waiting(going).step) == (Stage.INTAKE, Step.CLOSE_OUT_OF_SCOPE)


def test_the_second_mediator_confirms_and_both_stand_in_the_ledger(cast: Cast) -> None:
    going = proposed(cast)
    going.confirmed()
    told = said(going.case, Event.OUT_OF_SCOPE)[0]
    assert going.case.stage == Stage.CLOSED
    assert {told.actor, str(told.details["second"])} == {
        said(going.case, Event.ACCEPTED)[1].actor,
        said(going.case, Event.ACCEPTED)[2].actor,
    }


def refused(going: Walk, login: str = "mediator2") -> None:
    with pytest.raises(Refused):
        confirm(waiting(going), by=going.cast[login])
    assert Case.objects.get(pk=going.case.pk).stage != Stage.CLOSED


def test_nobody_confirms_their_own_proposal(cast: Cast) -> None:
    refused(proposed(cast), "mediator")


def test_a_party_confirms_nothing(cast: Cast) -> None:
    refused(proposed(cast), "member")


def test_a_later_step_voids_a_proposal(cast: Cast) -> None:
    going = proposed(cast)
    going.distinguished()
    refused(going)


def test_a_consent_given_or_withdrawn_voids_a_proposal(cast: Cast) -> None:
    going = walk(cast, "served")
    going.agree(Consent.To.MEDIATION, "member")
    going.take(Step.CLOSE_NO_CONTACT, "mediator", {"text": "Nobody answered."})
    papers.withdraw_consent(going.case, Consent.objects.get(), by=cast["member"])
    refused(going)


def test_a_new_version_of_a_text_voids_a_proposal(cast: Cast) -> None:
    going = walk(cast, "served")
    paper = laid(going, Purpose.AGENDA)
    going.take(Step.CLOSE_NO_CONTACT, "mediator", {"text": "Nobody answered."})
    papers.prepare(going.case, Purpose.AGENDA, {"text": "Other."}, by=cast["mediator"], paper=paper, version=1)
    refused(going)


def test_a_recusal_voids_a_proposal(cast: Cast) -> None:
    going = proposed(cast)
    going.take(Step.RECUSE, "mediator")
    refused(going)


def test_a_conflict_noted_against_its_maker_voids_a_proposal(cast: Cast) -> None:
    going = proposed(cast)
    seats.bar(going.case, cast.user("mediator"), Conflict.Source.REPORTER)
    refused(going)


def test_a_proposal_is_good_for_seven_days(cast: Cast) -> None:
    going = proposed(cast)
    sql("UPDATE grievances_proposal SET lapses_at = %s", timezone.now() - dt.timedelta(seconds=1))
    refused(going)
    assert waiting(going).lapses_at - waiting(going).proposed_at < dt.timedelta(days=7)


def test_a_proposal_lapses_a_week_after_it_was_made(cast: Cast) -> None:
    made = waiting(proposed(cast))
    assert made.lapses_at - made.proposed_at == dt.timedelta(days=7)


def test_a_newer_proposal_ends_the_one_before_it_even_in_the_hands_of_its_reader(cast: Cast) -> None:
    going = proposed(cast)
    held = waiting(going)
    going.take(Step.CLOSE_NO_CONTACT, "mediator2", {"text": "Nobody answered."})
    with pytest.raises(NotOpen):
        confirm(held, by=cast["mediator2"])
    assert Case.objects.get(pk=going.case.pk).stage == Stage.INTAKE


def test_a_closed_case_leaves_no_proposal_open(cast: Cast) -> None:
    going = proposed(cast)
    going.take(Step.WITHDRAW, "member")
    assert not going.case.proposals.filter(ended_at=None).exists()


def test_a_political_distinction_takes_two_and_another_one(cast: Cast) -> None:
    going = walk(cast, "served")
    going.take(Step.DISTINGUISH, "mediator", {"text": "Politics."}, nature="political")
    before = going.case.nature
    going.confirmed()
    assert (before, going.case.nature) == ("", Nature.POLITICAL)


def test_with_one_mediator_agreed_one_suffices(cast: Cast) -> None:
    going = one_mediator(cast)
    assert going.take(Step.CLOSE_OUT_OF_SCOPE, "mediator", {"text": "Abroad."}).stage == Stage.CLOSED


def test_with_one_mediator_agreed_a_referral_still_goes_by_exception_only(cast: Cast) -> None:
    going = one_mediator(cast)
    going.distinguished()
    going.take(Step.RECORD_ONE_ON_ONE, "mediator", one_on_one="unsafe")
    going.take(Step.SET_MEDIATION_ASIDE, "mediator", {"text": "Unsafe."}, actioned_how="unsafe")
    going.packed()
    with pytest.raises(NotOpen, match="A referral takes two mediators"):
        going.take(Step.REFER, "mediator", WAITS)
    case = going.take(Step.REFER_BY_EXCEPTION, "mediator", WAITS, exception_reason="no_two_mediators")
    assert case.stage == Stage.NATIONAL


def one_mediator(cast: Cast) -> Walk:
    going = Walk.begin(cast)
    cast["intake"]
    going.written(one_mediator="yes")
    going.take(Step.FILE, "member")
    going.taken_in()
    going.take(Step.ASK, "intake", who=cast.user("mediator").handle)
    going.take(Step.ACCEPT, "mediator")
    return going


# The clock


def test_a_case_lapses_by_the_clock_alone(cast: Cast) -> None:
    going = walk(cast, "told")
    age(going, 366)
    Case.objects.filter(pk=going.case.pk).update(asked_to_go_on_at=timezone.now() - dt.timedelta(days=31))
    case = take(Step.LAPSE, going.case, by=None).case
    assert (case.stage, case.outcome, said(case, Event.LAPSED)[0].actor) == (Stage.CLOSED, "lapsed", "")


def test_a_case_does_not_lapse_before_both_sides_were_asked(cast: Cast) -> None:
    going = walk(cast, "told")
    age(going, 366)
    with pytest.raises(NotOpen):
        take(Step.LAPSE, going.case, by=None)


def test_the_clock_takes_no_other_step(cast: Cast) -> None:
    going = walk(cast, "told")
    with pytest.raises(NotYours):
        take(Step.WITHDRAW, going.case, by=None)
    assert said(going.case, Event.REFUSED) == []


# Who wrote themselves into the database


def test_a_seat_written_into_the_database_takes_no_step(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    Seat.objects.create(case=going.case, user=cast.user("mediator3"), mediator=True, taken_at=timezone.now())
    access.let_in(cast.user("mediator3"), going.case, access.SERVE, timezone.now())
    with pytest.raises(NotYours, match="The record does not know of your seat"):
        going.take(Step.ASK, "mediator3", who=cast.user("mediator").handle)
