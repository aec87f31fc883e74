"""
Random people take random steps with plausible answers: no stage is skipped, no guard passed, the ledger holds.

Every example is a case of its own, walked some way by the usual people and then left to chance.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from random import Random

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from caracol.ledger.chain import entries, first_fault
from grievances import access, guards
from grievances.actions import confirm, papers, people, seats, take
from grievances.attest import attested
from grievances.events import STEP_EVENTS, Event
from grievances.exceptions import Refused
from grievances.facts import Facts
from grievances.models import Case, Conflict, Consent, Paper, Purpose, Room, SeatOffer
from grievances.roles import SERVING, Part
from grievances.rooms import INTAKE_READS, ROOMS, RoomKind
from grievances.workflow import WAY, Stage, Step
from tests.grievances.cast import Cast, Walk, the_code, walk

DATABASES = ("default", "keys")
LOGINS = ("member", "respondent", "respondent2", "witness", "friend", "stranger", "intake")
SERVERS = ("mediator", "mediator2", "mediator3")
UNTIL = ("begun", "filed", "served", "distinguished", "told", "one_on_one", "mediation", "amends", "national")
WORDS = dict.fromkeys(("text", "who", "why", "what", "needed", "reason"), "So it was.")
CLOSED_ANSWERS = {
    "nature": ["political", "interpersonal", "mixed", "unsure"],
    "one_on_one": ["held", "declined", "unsafe"],
    "actioned_how": ["declined", "unsafe", "held"],
    "exception_reason": ["urgent_risk", "no_two_mediators"],
    "form": ["joint", "shuttle"],
    "channel": ["in_person", "text"],
    "state": ["kept", "late", "broken"],
    "item": ["1", "2"],
    "heard": ["heard", "did not wish to speak"],
}
INVITED = st.sampled_from([Part.HARMED, Part.WITNESS])
login_names = st.sampled_from((*LOGINS, *SERVERS))
chance = st.randoms(use_true_random=False)


class Way(RuleBasedStateMachine):
    """One case in the hands of chance."""

    cast: Cast

    def __init__(self) -> None:
        super().__init__()
        self.marks = {alias: transaction.savepoint(using=alias) for alias in DATABASES}
        self.going = Walk.begin(self.cast)

    def teardown(self) -> None:
        for alias, mark in self.marks.items():
            transaction.savepoint_rollback(mark, using=alias)

    @initialize(until=st.sampled_from(UNTIL))
    def begin(self, until: str) -> None:
        self.going = walk(self.cast, until)
        if until == "begun":
            self.going.written()

    # What people do

    @rule(login=login_names, step=st.sampled_from(list(Step)), random=chance)
    def any_step(self, login: str, step: Step, random: Random) -> None:
        self.step(login, step, random)

    @rule(login=login_names, random=chance)
    def an_open_step(self, login: str, random: Random) -> None:
        facts = Facts(self.now(), self.cast.user(login))
        unlocked = [step for step in Step if not guards.refusals(step, facts)]
        if unlocked:
            self.step(login, random.choice(unlocked), random)

    @rule(login=login_names)
    def the_second_confirms(self, login: str) -> None:
        waiting = self.going.case.proposals.select_related("case", "proposed_by").order_by("pk").last()
        if waiting:
            self.tried(Step(waiting.step), lambda: confirm(waiting, by=self.cast[login]).case)

    @rule()
    def the_clock(self) -> None:
        self.tried(Step.LAPSE, lambda: take(Step.LAPSE, self.now(), by=None).case, refusals=0)

    @rule(login=login_names, to=st.sampled_from([to for to in Consent.To if to is not Consent.To.PAPER]))
    def say_yes(self, login: str, to: Consent.To) -> None:
        self.aside(lambda: papers.consent(self.now(), to, by=self.cast[login]))

    @rule(login=login_names, random=chance)
    def agree_to_a_text(self, login: str, random: Random) -> None:
        laid = list(self.going.case.papers.filter(used_at=None))
        if laid:
            paper: Paper = random.choice(laid)
            self.aside(
                lambda: papers.consent(
                    self.now(), Consent.To.PAPER, by=self.cast[login], paper=paper, version=paper.version
                )
            )

    @rule(login=login_names)
    def take_a_yes_back(self, login: str) -> None:
        given = Consent.objects.filter(seat__case=self.going.case, seat__user=self.cast.user(login), withdrawn_at=None)
        consent = given.first()
        if consent:
            self.aside(lambda: papers.withdraw_consent(self.now(), consent, by=self.cast[login]))

    @rule(login=login_names, who=login_names, purpose=st.sampled_from(list(Purpose)), part=INVITED)
    def lay_a_text(self, login: str, who: str, purpose: Purpose, part: Part) -> None:
        owner = self.going.case.seats.filter(respondent=True).values_list("token", flat=True).first()
        promise = [{"owner": owner, "facet": "repair", "due_on": "2030-01-01", "words": "Mend it."}]
        words = {"text": "A text.", "amends": json.dumps(promise)}
        about = {
            Purpose.ACCOUNT: {"person": self.cast.user(who), "part": Part.RESPONDENT},
            Purpose.INVITATION: {"person": self.cast.user(who), "part": part},
        }.get(purpose, {})
        if purpose == Purpose.AGREEMENT and not self.standing(RoomKind.TABLE):
            return
        self.aside(lambda: papers.prepare(self.now(), purpose, words, by=self.cast[login], **about))  # type: ignore[arg-type]

    @rule(login=login_names, who=login_names)
    def name_a_conflict(self, login: str, who: str) -> None:
        self.aside(lambda: people.say_who_must_not_serve(self.now(), [self.cast.user(who)], by=self.cast[login]))

    @precondition(lambda self: self.going.case.stage != Stage.DRAFT)
    @rule(login=login_names, who=login_names)
    def bring_a_friend(self, login: str, who: str) -> None:
        self.aside(lambda: seats.invite_support(self.now(), self.cast.user(who), by=self.cast[login]))

    @precondition(lambda self: self.going.case.stage != Stage.DRAFT)
    @rule(login=login_names)
    def leave(self, login: str) -> None:
        self.aside(lambda: seats.leave(self.now(), by=self.cast[login]))

    @rule(days=st.sampled_from([1, 8, 100, 400]))
    def time_passes(self, days: int) -> None:
        back = dt.timedelta(days=days)
        case = self.now()
        Case.objects.filter(pk=case.pk).update(
            moved_at=case.moved_at - back,
            closed_at=case.closed_at and case.closed_at - back,
            asked_to_go_on_at=timezone.now() - back,
        )
        for offer in SeatOffer.objects.filter(case=case):
            SeatOffer.objects.filter(pk=offer.pk).update(lapses_at=offer.lapses_at - back)

    # How it is tried

    def now(self) -> Case:
        self.going.case = Case.objects.get(pk=self.going.case.pk)
        return self.going.case

    def standing(self, kind: RoomKind) -> bool:
        return self.going.case.rooms.filter(kind=kind, destroyed_at=None).exists()

    def told(self) -> Counter[str]:
        return Counter(entry.event for entry in entries(self.going.case.chain))

    def answers(self, random: Random) -> dict[str, object]:
        seats_here = list(self.going.case.seats.values_list("token", flat=True))
        texts = list(self.going.case.papers.values_list("token", flat=True)) or ["none"]
        return {
            **{name: random.choice(answers) for name, answers in CLOSED_ANSWERS.items()},
            "who": self.cast.user(random.choice((*SERVERS, "stranger"))).handle,
            "paper": random.choice(texts),
            "to": random.choice(seats_here),
            "attended": seats_here[:2],
            "meeting_on": "2026-12-01",
            "held_on": "2026-11-20",
            "meets_at": "",
        }

    def step(self, login: str, step: Step, random: Random) -> None:
        case, answers = self.now(), self.answers(random)
        self.tried(step, lambda: take(step, case, by=self.cast[login], choices=answers, words=WORDS).case)

    def tried(self, step: Step, deed: Callable[[], Case], refusals: int = 1) -> None:
        """Try a step, and hold it to the way: all of it happened, or nothing but the note of its refusal."""
        before, told = self.now(), self.told()
        try:
            deed()
        except Refused:
            assert (self.now().version, self.now().stage) == (before.version, before.stage)
            assert self.told() - told == Counter({Event.REFUSED: refusals} if refusals else {})
            return
        after, news = self.now(), self.told() - told
        if news[Event.PROPOSED]:
            assert (after.version, after.stage) == (before.version, before.stage)
            return
        assert before.stage in WAY[step].leaves
        assert (after.version, after.stage) == (before.version + 1, WAY[step].enters or before.stage)
        assert news[STEP_EVENTS[step]] == 1

    def aside(self, deed: Callable[[], object]) -> None:
        """Try what is no step: it moves no case."""
        before = self.now()
        with suppress(Refused):
            deed()
        assert (self.now().version, self.now().stage) == (before.version, before.stage)

    # What always holds

    @invariant()
    def the_ledger_holds(self) -> None:
        assert first_fault([self.going.case.chain]) is None

    @invariant()
    def nobody_serves_against_a_conflict(self) -> None:
        barred = set(Conflict.objects.filter(case=self.going.case).values_list("user_id", flat=True))
        serving = self.going.case.seats.filter(left_at=None)
        assert not {seat.user_id for seat in serving if seat.parts & SERVING} & barred

    @invariant()
    def keys_are_where_the_table_of_rooms_has_them_and_the_ledger_says_so(self) -> None:
        said = attested(self.going.case.chain)
        for room in self.going.case.rooms.filter(destroyed_at=None).select_related("case", "seat"):
            grants = list(room.grants.all())
            assert {grant.user_id for grant in grants} == {grant.user_id for grant in access.holders(room, said)}
            assert {grant.user_id for grant in grants} <= self.entitled(room)
            assert all(str(room.epoch) in grant.sealed_keys for grant in grants)

    def entitled(self, room: Room) -> set[int]:
        """Return who may hold a key to a room, by its table alone."""
        table, seated = ROOMS[RoomKind(room.kind)], list(self.going.case.seats.filter(left_at=None))
        theirs = {seat.user_id for seat in seated if seat.parts & table.keys}
        if room.seat:
            theirs |= {seat.user_id for seat in seated if room.seat_id in (seat.pk, seat.supports_id)}
            theirs |= {seat.user_id for seat in seated if seat.intake and INTAKE_READS in room.seat.parts_ever}
        if table.asked:
            theirs |= set(self.going.case.offers.filter(state="open").values_list("user_id", flat=True))
        return theirs

    @invariant()
    def only_an_actioned_or_excepted_case_stands_at_national(self) -> None:
        case = self.now()
        assert case.stage != Stage.NATIONAL or case.actioned_how or case.exception_reason


@pytest.mark.django_db(databases=list(DATABASES))
def test_no_random_walk_of_random_people_leaves_the_way() -> None:
    the_code()
    Way.cast = Cast()
    Way.cast.all()
    run_state_machine_as_test(
        Way,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
