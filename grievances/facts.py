"""Facts: what a case is right now, read once, so that every guard looks at the same thing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import cached_property
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.utils import timezone

from caracol import moments
from caracol.accounts.models import User
from grievances import access, overview
from grievances.attest import Attested, attested, stated_consents
from grievances.models import AmendsItem, Case, Consent, Decision, Paper, Purpose, Room, Seat, SeatOffer
from grievances.overview import Asked, Kind
from grievances.roles import HARM_SIDE, SERVING, SIDES, Part

Row = TypeVar("Row", bound=Model)

MEDIATORS_WANTED = 2
# Who is asked to agree to a text, by what it is for; any other waits for whoever raised it and whoever was harmed.
ASKED_ABOUT = {Purpose.AGREEMENT: SIDES, Purpose.AGENDA: frozenset({Part.REPORTER})}


class Facts:
    """
    What is so in `case` now, and who `user` (None: the clock) is in it. Each question costs one query at most.

    `now` is for comparing with the clock; `kept` is the moment to write down of what is done now.
    """

    def __init__(self, case: Case, user: User | None) -> None:
        self.case = case
        self.user = user
        self.now: dt.datetime = timezone.now()
        self.kept: dt.datetime = moments.kept()
        self._lacking: frozenset[Kind] = frozenset()

    def look_over(self) -> None:
        """Ask once of which kinds there is anything: for a page that only reads, which then asks for those alone."""
        self._lacking = overview.lacking(self._asked)

    def any_of(self, kind: Kind) -> bool:
        """Return whether there may be something of a kind: always, before `look_over`."""
        return kind not in self._lacking

    def rows(self, kind: Callable[[Asked], QuerySet[Row]]) -> list[Row]:
        """Return what there is of a kind."""
        return list(kind(self._asked)) if self.any_of(kind) else []

    @property
    def _asked(self) -> Asked:
        return Asked(self.case, self.user, self.now)

    @cached_property
    def seats(self) -> list[Seat]:
        """The seats that are taken now; whoever serves and does not see the case does not count."""
        return [seat for seat in self.seats_ever if seat.sees or seat.is_party]

    @cached_property
    def seats_ever(self) -> list[Seat]:
        """Every seat there is or was, in the order in which they were taken."""
        return access.seats_ever_in(self.case, named=self.user is not None)

    @cached_property
    def said(self) -> Attested:
        """What the ledger attests about the case."""
        return attested(self.case.chain)

    @cached_property
    def offers(self) -> list[SeatOffer]:
        """The requests to serve that still wait for an answer."""
        return self.rows(overview.offers)

    @cached_property
    def papers(self) -> list[Paper]:
        """The texts that were laid before people, the newest last."""
        return self.rows(overview.papers)

    @cached_property
    def consents(self) -> list[Consent]:
        """The consents that stand now."""
        rows = self.rows(overview.consents)
        return stated_consents(self.case.chain, rows, self.said) if rows else []

    @cached_property
    def taken_back(self) -> list[Consent]:
        """The consents that were taken back, the last one first."""
        return self.rows(overview.taken_back)

    @cached_property
    def decisions(self) -> list[Decision]:
        """The decisions that can be contested, or were, the newest last."""
        return self.rows(overview.decisions)

    @cached_property
    def items(self) -> list[AmendsItem]:
        """The amends of the agreement in force."""
        agreements = [paper.token for paper in self.papers if paper.purpose == Purpose.AGREEMENT and paper.used_at]
        return list(self.case.amends.filter(agreement=agreements[-1])) if agreements else []

    @cached_property
    def has_draft(self) -> bool:
        """Whether anything was written in the draft."""
        return self.case.rooms.filter(kind="draft", destroyed_at=None, entries__kind="draft").exists()

    @cached_property
    def me(self) -> Seat | None:
        """The reader's own seat, while they see the case."""
        mine = (seat for seat in self.seats if self.user and seat.user_id == self.user.pk and seat.sees)
        return next(mine, None)

    @property
    def parts(self) -> frozenset[Part]:
        """The parts that the reader's seat carries."""
        return self.me.parts if self.me else frozenset()

    @property
    def my_offer(self) -> SeatOffer | None:
        """The request to serve that waits for the reader's answer."""
        return next((offer for offer in self.offers if self.user and offer.user_id == self.user.pk), None)

    @property
    def may_know_the_stage(self) -> bool:
        """Whether the reader is told where the case stands; others read that it is open or closed."""
        return self.user is None or bool(self.parts & (HARM_SIDE | SERVING)) or self.my_offer is not None

    def with_part(self, *parts: Part) -> list[Seat]:
        """Return the seats that carry any of `parts`."""
        return [seat for seat in self.seats if seat.parts & set(parts)]

    @property
    def harm_side(self) -> list[Seat]:
        """The reporter's and the harmed person's seats, often one; the latter once they want it to go on."""
        return [seat for seat in self.with_part(*HARM_SIDE) if seat.reporter or seat == self.harmed]

    @property
    def harmed(self) -> Seat | None:
        """The harmed person's seat, once they raised this themselves or said that they want it to go on."""
        seat = self.invited_as_harmed
        return seat if seat and (seat.reporter or self.consented(seat, Consent.To.GO_ON)) else None

    @property
    def invited_as_harmed(self) -> Seat | None:
        """The harmed person's seat, whether or not they have answered."""
        return next(iter(self.with_part(Part.HARMED)), None)

    @property
    def asked_to_go_on(self) -> bool:
        """Whether the reader was invited as the person harmed, and has not said that they want it to go on."""
        return self.me is not None and self.me == self.invited_as_harmed and self.harmed is None

    @property
    def beside_me(self) -> list[User]:
        """Whom the reader said may stand by them: also those who could not come, which nobody is told."""
        mine = [each for each in self.consents if self.me and each.seat_id == self.me.pk]
        return [each.person for each in mine if each.to == Consent.To.SUPPORT and each.person]

    def is_let_read(self, seat: Seat) -> bool:
        """Return whether whoever `seat` stands by lets them read their own room."""
        said = [each for each in self.consents if each.to == Consent.To.READ and each.seat_id == seat.supports_id]
        return any(each.person_id == seat.user_id for each in said)

    @property
    def kept_back(self) -> bool:
        """Whether the reporter's name lies in a room of its own."""
        return self.identity is not None

    @cached_property
    def identity(self) -> Room | None:
        """The room in which the reporter's name lies, where they kept it back."""
        return self.case.rooms.filter(kind="identity", destroyed_at=None).select_related("case").first()

    def paper(self, purpose: Purpose) -> Paper | None:
        """Return the newest text of `purpose` that was not used yet."""
        waiting = [paper for paper in self.papers if paper.purpose == purpose and not paper.used_at]
        return waiting[-1] if waiting else None

    def consented(self, seat: Seat, to: Consent.To, paper: Paper | None = None) -> bool:
        """Return whether a consent of `seat` stands: to this version, if it is to a paper."""
        return any(
            consent.seat_id == seat.pk
            and consent.to == to
            and (paper is None or (consent.paper_id == paper.pk and consent.paper_version == paper.version))
            for consent in self.consents
        )

    def refused(self, seat: Seat, to: Consent.To, purpose: Purpose | None = None) -> Consent | None:
        """Return what `seat` took back last, and did not give again; with `purpose`, about a text that waits."""
        gone = [each for each in self.taken_back if each.seat_id == seat.pk and each.to == to]
        if purpose:
            gone = [each for each in gone if each.paper and each.paper.purpose == purpose and not each.paper.used_at]
        return gone[0] if gone and not self.consented(seat, to, gone[0].paper) else None

    def all_consented(self, seats: list[Seat], to: Consent.To, paper: Paper | None = None) -> bool:
        """Return whether there are seats, and a consent of each stands."""
        return bool(seats) and all(self.consented(seat, to, paper) for seat in seats)

    def harm_side_consented(self, to: Consent.To, paper: Paper | None = None) -> bool:
        """Return whether reporter and harmed both consent; never before the harmed person is part of the case."""
        return self.harmed is not None and self.all_consented(self.harm_side, to, paper)

    def ready(self, paper: Paper) -> bool:
        """Return whether everybody whose consent this paper waits for has given it to its current version."""
        seats = self.asked_about(paper)
        return self._complete(paper) and self.all_consented(seats, Consent.To.PAPER, paper)

    def asked_about(self, paper: Paper) -> list[Seat]:
        """Return the seats whose consent a paper waits for."""
        asked = ASKED_ABOUT.get(Purpose(paper.purpose))
        return self.with_part(*asked) if asked else self.harm_side

    def _complete(self, paper: Paper) -> bool:
        """An account or a packet waits for the harmed person's seat, an agreement for both sides."""
        if paper.purpose == Purpose.AGREEMENT:
            return self.harmed is not None and bool(self.with_part(Part.RESPONDENT))
        return self.harmed is not None or paper.purpose in {Purpose.AGENDA, Purpose.INVITATION}

    @property
    def without_anybody(self) -> bool:
        """Whether nobody serves in the open case, and nobody was asked who could still answer."""
        return self.case.is_open and not self.offers and not self.with_part(*SERVING)

    @property
    def mediators(self) -> list[Seat]:
        """The mediators seated now."""
        return self.with_part(Part.MEDIATOR)

    @property
    def mediators_wanted(self) -> int:
        """How many mediators the case takes: two, and one more for each whose decision was contested."""
        barred = self.barred_by_contest()
        return MEDIATORS_WANTED + len([seat for seat in self.mediators if seat.user_id in barred])

    @property
    def has_enough_mediators(self) -> bool:
        """Whether two mediators serve, or one where the reporter agreed to one."""
        return len(self.mediators) >= (1 if self.one_suffices else MEDIATORS_WANTED)

    @property
    def one_suffices(self) -> bool:
        """Whether the reporter agreed to one mediator, and that consent still stands."""
        return self.case.one_mediator_agreed and any(each.to == Consent.To.ONE_MEDIATOR for each in self.consents)

    def barred_by_contest(self) -> set[int]:
        """Return the ids of the people whose decision was contested."""
        decisions = self.decisions if self.any_of(overview.contested) else []
        contested = [decision for decision in decisions if decision.contested_at]
        return {pk for decision in contested for pk in (decision.made_by_id, decision.made_with_id) if pk}
