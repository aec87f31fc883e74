from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone

from caracol.ledger.chain import entries
from caracol.ledger.models import Entry as LedgerEntry
from grievances import access
from grievances.actions import confirm, papers, seats, stands, take
from grievances.actions.deed import EFFECTS, Changes, Deed
from grievances.events import Event
from grievances.exceptions import NotOpen, NotYours, Refused, SomebodyWasFaster
from grievances.facts import Facts
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
    with pytest.raises(NotYours, match=r"^This step is for: mediator\.$"):
        going.take(Step.DISTINGUISH, "member", {"text": "Mine."}, nature="interpersonal")


def test_who_was_asked_to_serve_takes_no_other_step_before_they_accept(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    going.take(Step.ASK, "intake", who=cast.user("mediator").handle)
    with pytest.raises(NotYours, match="This step is for: mediator"):
        going.take(Step.DISTINGUISH, "mediator", {"text": "Mine."}, nature="interpersonal")


@pytest.mark.parametrize("step", [Step.ACCEPT, Step.RECUSE])
def test_who_was_not_asked_neither_accepts_nor_steps_back(step: Step, cast: Cast) -> None:
    going = walk(cast, "filed")
    with pytest.raises(NotYours, match="a person who was asked to serve"):
        going.take(step, "mediator")


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


def test_a_step_moves_its_own_case_and_leaves_its_like_where_it_is(cast: Cast) -> None:
    here, there = walk(cast, "filed").case, walk(cast, "filed").case
    assert (here.stage, here.version) == (there.stage, there.version)
    take(Step.ACCEPT, here, by=cast["intake"])
    assert [Case.objects.get(pk=case.pk).version - case.version for case in (here, there)] == [1, 0]


def test_a_step_is_the_last_move_of_its_case(cast: Cast) -> None:
    going = walk(cast, "filed")
    age(going, 3)
    before = Case.objects.get(pk=going.case.pk).moved_at
    assert going.take(Step.ACCEPT, "intake").moved_at - before >= dt.timedelta(days=3)


def test_a_case_never_moves_back_in_time(cast: Cast) -> None:
    going = walk(cast, "filed")
    age(going, -1)
    ahead = Case.objects.get(pk=going.case.pk).moved_at
    assert going.take(Step.ACCEPT, "intake").moved_at == ahead


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


def moving(**columns: object) -> Callable[[Deed], Changes]:
    """What a step does, and beside it somebody else, who moves the case."""

    def meanwhile(deed: Deed) -> Changes:
        Case.objects.filter(pk=deed.case.pk).update(**columns)
        return {}

    return meanwhile


@pytest.mark.parametrize("columns", [{"version": 99}, {"stage": Stage.ONE_ON_ONE}], ids=["version", "stage"])
def test_a_case_that_moved_while_a_step_was_taken_is_not_moved_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, columns: dict[str, object]
) -> None:
    going = walk(cast, "filed")
    monkeypatch.setitem(EFFECTS, Step.WITHDRAW, moving(**columns))
    before = count(going.case)
    with pytest.raises(SomebodyWasFaster):
        going.take(Step.WITHDRAW, "member")
    assert (count(going.case), Case.objects.get(pk=going.case.pk).stage) == (before, Stage.INTAKE)


def test_a_case_that_moved_while_a_step_was_confirmed_is_left_as_it_was(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    going = proposed(cast)
    monkeypatch.setitem(EFFECTS, Step.CLOSE_OUT_OF_SCOPE, moving(version=99))
    before = count(going.case)
    with pytest.raises(SomebodyWasFaster):
        going.confirmed()
    assert (count(going.case), waiting(going).ended_at) == (before, None)


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


def test_the_other_mediator_is_told_of_a_proposal_and_nobody_else(cast: Cast) -> None:
    going = walk(cast, "served")
    Notice.objects.all().delete()
    going.take(Step.CLOSE_OUT_OF_SCOPE, "mediator", {"text": "It is about a cat abroad."})
    assert set(Notice.objects.values_list("user__handle", flat=True)) == {cast.user("mediator2").handle}


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


def test_a_confirmation_that_was_refused_is_recorded_once(cast: Cast) -> None:
    going = proposed(cast)
    refused(going, "mediator")
    assert [told.details for told in said(going.case, Event.REFUSED)] == [{"step": Step.CLOSE_OUT_OF_SCOPE}]


def test_a_party_confirms_nothing(cast: Cast) -> None:
    refused(proposed(cast), "member")


def test_a_later_step_voids_a_proposal(cast: Cast) -> None:
    going = proposed(cast)
    going.distinguished()
    refused(going)


def test_a_proposal_ends_once_whatever_comes_after(cast: Cast) -> None:
    going = proposed(cast)
    going.distinguished()
    ended = waiting(going).ended_at
    going.take(Step.WITHDRAW, "member")
    assert (ended is not None, waiting(going).ended_at) == (True, ended)


def test_a_proposal_that_a_later_step_voided_does_not_stand_again_for_its_row(cast: Cast) -> None:
    going = proposed(cast)
    before = stands(waiting(going), Facts(going.case, cast.user("mediator2")))
    going.distinguished()
    sql("UPDATE grievances_proposal SET ended_at = NULL")
    assert (before, stands(waiting(going), Facts(going.case, cast.user("mediator2")))) == (True, False)


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


def test_with_one_mediator_agreed_and_two_seated_a_referral_takes_both(cast: Cast) -> None:
    going = one_mediator(cast)
    going.take(Step.ASK, "mediator", who=cast.user("mediator2").handle)
    going.take(Step.ACCEPT, "mediator2")
    going.distinguished()
    going.take(Step.RECORD_ONE_ON_ONE, "mediator", one_on_one="unsafe")
    going.take(Step.SET_MEDIATION_ASIDE, "mediator", {"text": "Unsafe."}, actioned_how="unsafe")
    going.packed()
    until = (timezone.localdate() + dt.timedelta(days=30)).isoformat()
    assert going.take(Step.REFER, "mediator", WAITS, recipient="national", until=until).stage == Stage.MEDIATION
    going.confirmed()
    assert going.case.stage == Stage.NATIONAL


def test_a_step_for_one_takes_one_whatever_is_chosen_with_it(cast: Cast) -> None:
    going = walk(cast, "served")
    going.distinguished()
    taken = take(
        Step.RECORD_ONE_ON_ONE, going.case, by=cast["mediator"], choices={"one_on_one": "held", "nature": "political"}
    )
    assert (taken.waits, taken.case.one_on_one) == (False, "held")


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


@pytest.mark.parametrize(("still", "asked"), [(366, 29), (364, 31)])
def test_a_case_does_not_lapse_before_its_year_or_the_month_after_the_asking(
    cast: Cast, still: int, asked: int
) -> None:
    going = walk(cast, "told")
    age(going, still)
    Case.objects.filter(pk=going.case.pk).update(asked_to_go_on_at=timezone.now() - dt.timedelta(days=asked))
    with pytest.raises(NotOpen):
        take(Step.LAPSE, going.case, by=None)


def test_nobody_takes_the_clocks_step(cast: Cast) -> None:
    going = walk(cast, "served")
    with pytest.raises(NotYours, match=r"^This step is for: the clock\.$"):
        going.take(Step.LAPSE, "mediator")


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


def test_a_seat_written_into_the_database_confirms_nothing(cast: Cast) -> None:
    going = proposed(cast)
    Seat.objects.create(case=going.case, user=cast.user("mediator3"), mediator=True, taken_at=timezone.now())
    access.let_in(cast.user("mediator3"), going.case, access.SERVE, timezone.now())
    sql("UPDATE grievances_proposal SET words_id = NULL")
    with pytest.raises(NotYours, match="The record does not know of your seat"):
        confirm(waiting(going), by=cast["mediator3"])
