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
    rule,
    run_state_machine_as_test,
)

from caracol.ledger.chain import first_fault
from caracol.ledger.models import Entry as LedgerEntry
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
from tests.grievances.packets import packed

DATABASES = ("default", "keys")
LOGINS = ("member", "respondent", "respondent2", "witness", "friend", "stranger", "intake")
SERVERS = ("mediator", "mediator2", "mediator3")
# The late ones more often: few find their way there by chance.
LATE = ("mediation", "amends", "national", "closed")
UNTIL = ("begun", "filed", "served", "distinguished", "told", "one_on_one", *LATE, *LATE)
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
    "heard": ["heard", "silent"],
}
# Steps that are nearly always open, and would leave no time for the others.
LEAVING = (Step.WITHDRAW, Step.RECUSE, Step.REOPEN, Step.CONTEST)
SELDOM = 0.05
chance = st.integers(0, 2**32).map(Random)


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

    @rule(random=chance)
    def a_week(self, random: Random) -> None:
        """Let seven things happen. Chance is drawn as one seed: Hypothesis would leave out rules at random."""
        often = [self.an_open_step] * 6 + [self.lay_a_text, self.agree_to_a_text, self.say_yes] * 2
        seldom = [self.any_step, self.the_second_confirms, self.the_clock, self.take_a_yes_back]
        beside = (self.bring_a_friend, self.let_a_friend_read)
        rare = [random.choice((self.name_a_conflict, *beside, self.leave, self.time_passes))]
        for _day in range(7):
            random.choice([*often, *seldom, *rare])(random)
            self.the_ledger_holds()

    def somebody(self, random: Random) -> str:
        return random.choice((*LOGINS, *SERVERS))

    def any_step(self, random: Random) -> None:
        self.step(self.somebody(random), random.choice(list(Step)), random)

    def an_open_step(self, random: Random) -> None:
        """Let somebody who may take a step take it; every step has the same chance, so that rare ones come up."""
        case = self.now()
        awake = {*random.sample(LOGINS, 3), *random.sample(SERVERS, 2), "member"}
        looks = {login: Facts(case, self.cast.user(login)) for login in sorted(awake)}
        unlocked: dict[Step, list[str]] = {}
        for login, facts in looks.items():
            for step in Step:
                if not guards.refusals(step, facts):
                    unlocked.setdefault(step, []).append(login)
        going_on = [step for step in unlocked if step not in LEAVING or random.random() < SELDOM]
        if going_on:
            step = random.choice(going_on)
            self.step(random.choice(unlocked[step]), step, random)

    def the_second_confirms(self, random: Random) -> None:
        login = random.choice(SERVERS)
        waiting = self.going.case.proposals.select_related("case", "proposed_by").order_by("pk").last()
        if waiting:
            self.tried(Step(waiting.step), lambda: confirm(waiting, by=self.cast[login]).case)

    def the_clock(self, _random: Random) -> None:
        self.tried(Step.LAPSE, lambda: take(Step.LAPSE, self.now(), by=None).case, refusals=0)

    def say_yes(self, random: Random) -> None:
        login, to = self.somebody(random), random.choice([to for to in Consent.To if to is not Consent.To.PAPER])
        self.aside(lambda: papers.consent(self.now(), to, by=self.cast[login]))

    def agree_to_a_text(self, random: Random) -> None:
        login = random.choice(("member", self.somebody(random)))
        laid = list(self.going.case.papers.filter(used_at=None))
        if laid:
            paper: Paper = random.choice(laid)
            self.aside(
                lambda: papers.consent(
                    self.now(), Consent.To.PAPER, by=self.cast[login], paper=paper, version=paper.version
                )
            )

    def take_a_yes_back(self, random: Random) -> None:
        login = self.somebody(random)
        given = Consent.objects.filter(seat__case=self.going.case, seat__user=self.cast.user(login), withdrawn_at=None)
        consent = given.first()
        if consent:
            self.aside(lambda: papers.withdraw_consent(self.now(), consent, by=self.cast[login]))

    def lay_a_text(self, random: Random) -> None:
        login, who = random.choice(SERVERS), self.somebody(random)
        purpose, part = random.choice(list(Purpose)), random.choice(sorted(papers.INVITED))
        owner = self.going.case.seats.filter(respondent=True).values_list("token", flat=True).first()
        promise = [{"owner": owner, "facet": "repair", "due_on": "2030-01-01", "words": "Mend it."}]
        words = {"text": "A text.", "amends": json.dumps(promise), **packed("A text.")}
        about = {
            Purpose.ACCOUNT: {"person": self.cast.user(who), "part": Part.RESPONDENT},
            Purpose.INVITATION: {"person": self.cast.user(who), "part": part},
        }.get(purpose, {})
        if purpose == Purpose.AGREEMENT and not self.standing(RoomKind.TABLE):
            return
        self.aside(lambda: papers.prepare(self.now(), purpose, words, by=self.cast[login], **about))  # type: ignore[arg-type]

    def name_a_conflict(self, random: Random) -> None:
        login, who = random.choice(("member", self.somebody(random))), self.somebody(random)
        self.aside(lambda: people.say_who_must_not_serve(self.now(), [self.cast.user(who)], by=self.cast[login]))

    def bring_a_friend(self, random: Random) -> None:
        login, who = self.somebody(random), self.somebody(random)
        reads = random.random() < 0.5
        self.aside(lambda: seats.invite_support(self.now(), self.cast.user(who), by=self.cast[login], reads=reads))

    def let_a_friend_read(self, random: Random) -> None:
        login, who = self.somebody(random), self.cast.user(self.somebody(random))
        self.aside(lambda: papers.consent(self.now(), Consent.To.READ, by=self.cast[login], person=who))

    def leave(self, random: Random) -> None:
        login = self.somebody(random)
        self.aside(lambda: seats.leave(self.now(), by=self.cast[login]))

    def time_passes(self, random: Random) -> None:
        back = dt.timedelta(days=random.choice((1, 8, 100, 400)))
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

    def told(self, since: int = 0) -> Counter[str]:
        """Count what the ledger says of the case after its entry number `since`."""
        said = LedgerEntry.objects.filter(chain=self.going.case.chain, number__gt=since)
        return Counter(said.values_list("event", flat=True))

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
        before, told = self.now(), self.told().total()
        try:
            deed()
        except Refused:
            assert (self.now().version, self.now().stage) == (before.version, before.stage)
            assert self.told(told) == Counter({Event.REFUSED: refusals} if refusals else {})
            return
        after, news = self.now(), self.told(told)
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
            theirs.add(room.seat.user_id)
            let = Consent.objects.filter(seat=room.seat, to=Consent.To.READ, withdrawn_at=None)
            beside = {seat.user_id for seat in seated if seat.supports_id == room.seat_id}
            theirs |= beside & set(let.values_list("person_id", flat=True))
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
            max_examples=20,
            stateful_step_count=5,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
