"""A made-up case on its way: every method is one of the real actions, taken by somebody of the cast."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.utils import timezone

from caracol.files.uploads import Taking
from grievances.actions import confirm, intake, papers, people, sessions, take
from grievances.actions import packet as packets
from grievances.actions.evidence import attach
from grievances.demo.cast import Cast
from grievances.demo.words import Concern
from grievances.facts import Facts
from grievances.models import Case, Consent, EntryKind, MediationSession, Paper, Purpose, Route, Space
from grievances.packet.contents import Group
from grievances.packet.offers import on_offer
from grievances.roles import Part
from grievances.rooms import RoomKind
from grievances.sealing import write
from grievances.workflow import Step


@dataclass
class Walk:
    """One case and the people it was made with; `case` is kept as it stands after each step."""

    cast: Cast
    case: Case
    reporter: str

    @classmethod
    def begin(cls, cast: Cast, reporter: str, concern: Concern, *, route: Route = Route.HARMED) -> Walk:
        """Open a draft and write the concern into it."""
        case = intake.begin(route, by=cast[reporter])
        intake.save_draft(case, concern.draft(), by=cast[reporter])
        return cls(cast, case, reporter)

    def take(self, step: Step, login: str, words: Mapping[str, str] | None = None, /, **choices: object) -> None:
        """Take a step, or propose it where it takes two mediators."""
        self.case = take(step, self.case, by=self.cast[login], choices=choices, words=words).case

    def confirm(self, login: str) -> None:
        """Confirm, as the second mediator, the step that waits."""
        self.case = confirm(self.case.proposals.get(ended_at=None), by=self.cast[login]).case

    def file(self, *, not_serving: Collection[str] = ()) -> None:
        """Hand the concern to intake, with the answer who must not serve."""
        barred = [self.cast[login].user for login in not_serving]
        people.say_who_must_not_serve(self.case, barred, by=self.cast[self.reporter])
        self.take(Step.FILE, self.reporter)

    def take_in(self) -> None:
        """Take the concern in, and acknowledge it."""
        self.take(Step.ACCEPT, "intake")
        self.take(Step.ACKNOWLEDGE, "intake")

    def seat(self, *mediators: str) -> None:
        """Ask these mediators, and let them accept."""
        for login in mediators:
            self.take(Step.ASK, "intake", who=self.cast[login].user.handle)
            self.take(Step.ACCEPT, login)

    def lay(self, purpose: Purpose, text: str, by: str, **more: str) -> Paper:
        """Lay a text before the people whose consent it needs."""
        return papers.prepare(self.case, purpose, {"text": text, **more}, by=self.cast[by])

    def lay_for(self, person: str, part: Part, text: str, by: str) -> Paper:
        """Lay before reporter and harmed the text with which a person would come into the case."""
        purpose = Purpose.ACCOUNT if part is Part.RESPONDENT else Purpose.INVITATION
        user = self.cast[person].user
        return papers.prepare(self.case, purpose, {"text": text}, by=self.cast[by], person=user, part=part)

    def pack(self, why_now: str, by: str) -> Paper:
        """Put a packet together of what happened and of what the Caucus did, and lay it for consent."""
        facts, actor = Facts(self.case, self.cast[by].user), self.cast[by]
        offered = on_offer(facts, actor)
        chosen = {item.key: item.text for item in offered if item.group == Group.HISTORY or item.key.endswith("-saw")}
        written = {"filer": "the reporter", "why_now": why_now}
        return packets.lay(facts, packets.compose(facts, chosen, written, by=actor), by=actor)

    def agree_to(self, paper: Paper, *logins: str) -> None:
        """Consent to a text as it is."""
        for login in logins:
            papers.consent(self.case, Consent.To.PAPER, by=self.cast[login], paper=paper, version=paper.version)

    def agree(self, to: Consent.To, *logins: str) -> None:
        """Consent to something other than a text."""
        for login in logins:
            papers.consent(self.case, to, by=self.cast[login])

    def tell(self, text: str, by: str) -> None:
        """Tell the person named, in words the reporter agreed to."""
        account = self.lay_for("respondent", Part.RESPONDENT, text, by)
        self.agree_to(account, self.reporter)
        self.take(Step.TELL, by, paper=account.token)

    def say(self, text: str, by: str, *, to: str = "") -> None:
        """Write a message in somebody's own room."""
        room = self.case.rooms.get(kind=RoomKind.PARTY, seat__user=self.cast[to or by].user)
        write(room, EntryKind.MESSAGE, {"text": text}, by=self.cast[by])

    def hand_in(self, name: str, content: bytes, note: str, by: str) -> None:
        """Hand a file in, in one's own room."""
        taking = Taking(name)
        taking.add(content)
        room = self.case.rooms.get(kind=RoomKind.PARTY, seat__user=self.cast[by].user)
        attach(room, [taking.end()], note=note, by=self.cast[by])

    def note(self, text: str, by: str) -> None:
        """Keep a note in the mediators' room."""
        room = self.case.rooms.get(kind=RoomKind.MEDIATORS, destroyed_at=None)
        write(room, EntryKind.NOTE, {"text": text}, by=self.cast[by])

    def seat_of(self, login: str) -> str:
        """Return the token of somebody's seat."""
        return self.case.seats.get(user=self.cast[login].user).token

    def promise(self, words: str, facet: str, *, in_days: int) -> dict[str, str]:
        """Return an amends item of the respondent's, due in some days."""
        due = timezone.localdate() + dt.timedelta(days=in_days)
        return {"owner": self.seat_of("respondent"), "facet": facet, "due_on": due.isoformat(), "words": words}

    def plan(self, login: str, place: str, by: str) -> None:
        """Plan a session for one side apart, in a week at six."""
        day = timezone.localdate() + dt.timedelta(days=7)
        at = timezone.make_aware(dt.datetime.combine(day, dt.time(18)))
        what = sessions.Plan(Space.Channel.IN_PERSON, at, place)
        seats, by_whom = [self.seat_of(login)], self.cast[by]
        sessions.plan(self.case, MediationSession.Form.SHUTTLE, what, seats, by=by_whom)

    def lay_agreement(self, text: str, promises: list[dict[str, str]], by: str) -> Paper:
        """Lay an agreement with its dated amends before both sides."""
        return self.lay(Purpose.AGREEMENT, text, by, amends=json.dumps(promises))
