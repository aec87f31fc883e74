"""
The way: every step a case can take, from where to where, by whom, on what conditions, and why.

`WAY` is the whole policy of movement. `actions.take` is the one gate that reads it; `guards.py` says how each
need is checked; `manage.py draw_workflow` prints the diagram in the README from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grievances.roles import Part
from grievances.rooms import RoomKind


class Stage(TextChoices):
    """Where a case stands."""

    DRAFT = "draft", _("Draft")
    INTAKE = "intake", _("Intake")
    ONE_ON_ONE = "one_on_one", _("One-on-one")
    MEDIATION = "mediation", _("Mediation")
    AMENDS = "amends", _("Amends")
    NATIONAL = "national", _("National")
    CLOSED = "closed", _("Closed")


OPEN = (Stage.INTAKE, Stage.ONE_ON_ONE, Stage.MEDIATION, Stage.AMENDS, Stage.NATIONAL)


class Step(TextChoices):
    """One move on the way. The value is also the step's address, so it says nothing by itself."""

    FILE = "s01", _("File the concern")
    ACKNOWLEDGE = "s02", _("Acknowledge the concern")
    ASK = "s03", _("Ask somebody to serve")
    ACCEPT = "s04", _("Accept to serve")
    RECUSE = "s05", _("Step back from serving")
    DISTINGUISH = "s06", _("Distinguish political from interpersonal")
    CONTEST = "s07", _("Contest a distinction or a closing")
    INVITE = "s08", _("Invite somebody into the case")
    TELL = "s09", _("Tell the person named")
    REDIRECT = "s10", _("Redirect to a Caucus meeting")
    SPLIT = "s11", _("Split off the political half")
    BEGIN_ONE_ON_ONE = "s12", _("Begin one-on-one")
    OFFER_SPACE = "s13", _("Offer a private space")
    RECORD_ONE_ON_ONE = "s14", _("Record the one-on-one")
    RESOLVE_ONE_ON_ONE = "s15", _("Close as resolved one-on-one")
    BEGIN_MEDIATION = "s16", _("Begin mediation")
    SET_MEDIATION_ASIDE = "s17", _("Set mediation aside")
    RECORD_SESSION = "s18", _("Record a mediation session")
    AGREE = "s19", _("Enter the agreement")
    CHECK_IN = "s20", _("Check in on amends")
    COMPLETE_AMENDS = "s21", _("Close with amends complete")
    RETURN_TO_MEDIATION = "s22", _("Return to mediation")
    CLOSE_WITHOUT_AGREEMENT = "s23", _("Close without agreement")
    CLOSE_BROKEN = "s24", _("Close with the agreement broken")
    REFER = "s25", _("Refer to National")
    REFER_BY_EXCEPTION = "s26", _("Refer to National by exception")
    RECORD_ANSWER = "s27", _("Record National's answer")
    RECORD_NOT_FILED = "s28", _("Record that it was not filed")
    WITHDRAW = "s29", _("Withdraw the concern")
    CLOSE_RECORDED = "s30", _("Close: recorded only")
    CLOSE_ADVISED = "s31", _("Close: advice given")
    CLOSE_OUT_OF_SCOPE = "s32", _("Close: out of scope")
    CLOSE_NO_CONTACT = "s33", _("Close: no contact")
    LAPSE = "s34", _("Lapse after twelve months without a move")
    REOPEN = "s35", _("Reopen the case")


# fmt: off
# The two tables below are laid out to be read as tables.
class Needs(Enum):
    """A condition of a step: why the step is closed while it fails, and the clause of the Code behind it."""

    def __init__(self, reason: Promise, clause: str) -> None:
        self.reason = reason
        self.clause = clause

    STATEMENT = _("A concern needs a few words, whether anyone is in danger, and what you would like."), "4.2"
    CONFLICTS_ANSWERED = _("First the reporter says who must not serve."), "7.0"
    RECOVERY_READY = _("Filing opens once the Caucus has made its recovery kit. Your draft is kept."), "5.0"
    A_FREE_SEAT = _("Two mediators serve a case already."), "7.0"
    AN_OFFER = _("This step is for a person who was asked to serve and has not answered yet."), "7.0"
    NOT_ACKNOWLEDGED = _("The concern has been acknowledged already."), "5.0"
    ACKNOWLEDGED = _("First the concern is acknowledged to the reporter."), "5.0"
    UNDISTINGUISHED = _("The distinction stands. It is drawn anew when it is contested."), "3.4"
    ANOTHER_MEDIATOR = _("It was contested, so another mediator decides anew."), "3.4"
    DISTINGUISHED = _("First political and interpersonal are distinguished, in writing."), "3.4"
    POLITICAL = _("A redirect to a Caucus meeting is for a political question."), "4.1"
    MIXED = _("Only a mixed concern has a political half to split off."), "3.5"
    NOT_SPLIT = _("The political half has been split off already."), "3.5"
    INTERPERSONAL = _("National takes a concern that was distinguished as interpersonal or mixed."), "4.2"
    SOMETHING_TO_CONTEST = _("There is no distinction or closing that could be contested now."), "3.4"
    AGENDA_CONSENT = _("First the reporter consents to the very text that goes to the meeting."), "4.1"
    INVITATION_CONSENT = _("First the reporter and the person harmed consent to the text of the invitation."), "5.0"
    ACCOUNT_CONSENT = _("First the reporter and the person harmed consent to the very text that is told."), "5.6"
    ONE_ON_ONE_CONSENT = _("First the reporter and the person harmed consent to a one-on-one."), "3.0"
    ONE_ON_ONE_RECORDED = _("First it is recorded how the one-on-one went; declined or unsafe is an answer."), "3.0"
    HARMED_SAYS_RESOLVED = _("The person harmed has not said that it is resolved."), "3.0"
    TWO_MEDIATORS = _("Two mediators serve first, or the reporter agrees to one."), "7.0"
    TWO_SEATED = _("A referral takes two mediators; with one alone it goes by exception."), "4.2"
    MEDIATION_CONSENT = _("First the reporter and the person harmed consent to mediation."), "4.0"
    AGREEMENT_AFFIRMED = _("First every side affirms the same version of an agreement with dated amends."), "5.6"
    AN_OPEN_ITEM = _("Every amends item has been settled."), "5.6"
    ALL_ITEMS_SETTLED = _("First every amends item is settled."), "5.6"
    BROKEN_OR_SENT_BACK = _("A return to mediation follows a broken agreement, or an answer from National."), "5.6"
    A_BROKEN_ITEM = _("No amends item has been recorded as broken."), "5.6"
    ACTIONED = _("National referral opens once Caucus mediation has been actioned."), "4.2"
    PACKET_CONSENT = _("First the reporter and the person harmed consent to this version of the packet."), "4.2"
    ASKED_TO_RECORD = _("The reporter did not ask only to record this."), "4.0"
    ASKED_FOR_ADVICE = _("Advice alone is for who asked for it, or while the person harmed has not consented."), "4.0"
    THE_HARMED_DECIDES = _("The person harmed is part of the case, and it is theirs to withdraw."), "5.6"
    TWELVE_MONTHS = _("A case lapses after twelve months without a move, when both sides have been asked."), "4.0"
    THEIRS_TO_REOPEN = _("Who withdrew a concern takes it up again, and nobody else."), "5.6"
    A_HARMED_PERSON = _("This goes no further than advice until the person harmed is part of it."), "5.6"
    WITHIN_THE_WINDOW = _("The time in which a closed case could be reopened is over."), "4.0"

# fmt: on


class Two(TextChoices):
    """When a step takes two mediators: one proposes, the second confirms the same."""

    NO = "no", _("one mediator")
    POLITICAL = "political", _("two mediators, if political")
    YES = "yes", _("two mediators")


@dataclass(frozen=True)
class Rule:
    """
    One row of the way.

    `enters` is None where the stage stays. `by` are the parts that may take the step; an empty `by` without
    `asked` is the clock's. `asked` lets a person take it who was asked to serve. `words_in` says in which room
    the words written with the step are kept.
    """

    step: Step
    leaves: tuple[Stage, ...]
    enters: Stage | None
    by: frozenset[Part]
    needs: tuple[Needs, ...]
    clause: str
    says: Promise
    two: Two = Two.NO
    asked: bool = False
    words_in: RoomKind | None = None


_MEDIATOR = frozenset({Part.MEDIATOR})
_REPORTER = frozenset({Part.REPORTER})
_INTAKE_OR_MEDIATOR = frozenset({Part.INTAKE, Part.MEDIATOR})
_BEFORE_MEDIATION = (Stage.INTAKE, Stage.ONE_ON_ONE)
_UP_TO_MEDIATION = (Stage.INTAKE, Stage.ONE_ON_ONE, Stage.MEDIATION)

# fmt: off
_RULES = (
    Rule(
        Step.FILE, (Stage.DRAFT,), Stage.INTAKE, _REPORTER,
        (Needs.STATEMENT, Needs.CONFLICTS_ANSWERED, Needs.RECOVERY_READY), "4.0",
        _("Hand the concern to intake. A short statement is fine."),
        words_in=RoomKind.PARTY,
    ),
    Rule(
        Step.ACKNOWLEDGE, (Stage.INTAKE,), None, _INTAKE_OR_MEDIATOR,
        (Needs.NOT_ACKNOWLEDGED,), "5.0",
        _("Tell the reporter that the concern has arrived and is being read."),
    ),
    Rule(
        Step.ASK, OPEN, None, frozenset({Part.INTAKE, Part.MEDIATOR, Part.REPORTER}),
        (Needs.CONFLICTS_ANSWERED, Needs.A_FREE_SEAT), "7.0",
        _("Ask a mediator without a conflict. They see the names first, and nothing else."),
    ),
    Rule(
        Step.ACCEPT, OPEN, None, frozenset(),
        (Needs.AN_OFFER,), "7.0",
        _("Take the seat. The other rooms open when you do."),
        asked=True,
    ),
    Rule(
        Step.RECUSE, OPEN, None, _INTAKE_OR_MEDIATOR,
        (), "7.0",
        _("Step back at any time, no reason needed. Your keys end at once."),
        asked=True,
    ),
    Rule(
        Step.DISTINGUISH, OPEN, None, _MEDIATOR,
        (Needs.UNDISTINGUISHED, Needs.ANOTHER_MEDIATOR), "3.4",
        _("Say in writing what is political and what is interpersonal. The reporter reads it and may contest it."),
        two=Two.POLITICAL, words_in=RoomKind.PARTY,
    ),
    Rule(
        Step.CONTEST, (*OPEN, Stage.CLOSED), None, frozenset({Part.REPORTER, Part.HARMED}),
        (Needs.SOMETHING_TO_CONTEST,), "3.4",
        _("Disagree with how it was distinguished or closed. Another mediator decides anew."),
        words_in=RoomKind.PARTY,
    ),
    Rule(
        Step.INVITE, OPEN, None, _MEDIATOR,
        (Needs.INVITATION_CONSENT,), "5.0",
        _("Bring in the person harmed or a witness, with a text that the reporter agreed to."),
    ),
    Rule(
        Step.TELL, _UP_TO_MEDIATION, None, _MEDIATOR,
        (Needs.ACCOUNT_CONSENT,), "5.6",
        _("Tell the person named, in the very words that were agreed to, and open a room for their answer."),
    ),
    Rule(
        Step.REDIRECT, _BEFORE_MEDIATION, Stage.CLOSED, _MEDIATOR,
        (Needs.POLITICAL, Needs.ANOTHER_MEDIATOR, Needs.AGENDA_CONSENT), "4.1",
        _("Bring the question to an official meeting of the Caucus, as a text without names."),
        two=Two.YES,
    ),
    Rule(
        Step.SPLIT, (Stage.INTAKE,), None, _MEDIATOR,
        (Needs.MIXED, Needs.NOT_SPLIT), "3.5",
        _("Give the political half its own agenda item, without names and without the case."),
        words_in=RoomKind.AGENDA,
    ),
    Rule(
        Step.BEGIN_ONE_ON_ONE, (Stage.INTAKE,), Stage.ONE_ON_ONE, _MEDIATOR,
        (Needs.DISTINGUISHED, Needs.ONE_ON_ONE_CONSENT), "3.0",
        _("Open the way for the two to talk. It is offered, never forced."),
    ),
    Rule(
        Step.OFFER_SPACE, (Stage.ONE_ON_ONE,), None,
        frozenset({Part.REPORTER, Part.HARMED, Part.RESPONDENT, Part.MEDIATOR}),
        (), "3.2",
        _("Offer a private space: in person, a call, or a text channel."),
    ),
    Rule(
        Step.RECORD_ONE_ON_ONE, _BEFORE_MEDIATION, None, _MEDIATOR,
        (), "3.0",
        _("Record how it went: held, declined, unsafe, not appropriate or not possible. Each satisfies the step."),
    ),
    Rule(
        Step.RESOLVE_ONE_ON_ONE, (Stage.ONE_ON_ONE,), Stage.CLOSED, _MEDIATOR,
        (Needs.HARMED_SAYS_RESOLVED,), "3.0",
        _("Close, because the person harmed says that it is resolved."),
    ),
    Rule(
        Step.BEGIN_MEDIATION, _BEFORE_MEDIATION, Stage.MEDIATION, _MEDIATOR,
        (Needs.ONE_ON_ONE_RECORDED, Needs.TWO_MEDIATORS, Needs.MEDIATION_CONSENT), "4.0",
        _("Begin mediation by the Caucus."),
    ),
    Rule(
        Step.SET_MEDIATION_ASIDE, _UP_TO_MEDIATION, Stage.MEDIATION, _MEDIATOR,
        (Needs.ONE_ON_ONE_RECORDED, Needs.A_HARMED_PERSON), "4.0",
        _("Record that mediation was declined, is unsafe or not possible. It counts as actioned."),
        words_in=RoomKind.MEDIATORS,
    ),
    Rule(
        Step.RECORD_SESSION, (Stage.MEDIATION,), None, _MEDIATOR,
        (), "4.0",
        _("Record that a session was held and who was there. Never who said what."),
    ),
    Rule(
        Step.AGREE, (Stage.MEDIATION,), Stage.AMENDS, _MEDIATOR,
        (Needs.AGREEMENT_AFFIRMED,), "5.6",
        _("Enter the agreement that every side affirmed, with its dated amends."),
    ),
    Rule(
        Step.CHECK_IN, (Stage.AMENDS,), None, _MEDIATOR,
        (Needs.AN_OPEN_ITEM,), "5.6",
        _("Record for a promised amends whether it was kept, late or broken."),
    ),
    Rule(
        Step.COMPLETE_AMENDS, (Stage.AMENDS,), Stage.CLOSED, _MEDIATOR,
        (Needs.ALL_ITEMS_SETTLED,), "5.6",
        _("Close, with every item settled and the person harmed heard. Forgiving is never a condition."),
    ),
    Rule(
        Step.RETURN_TO_MEDIATION, (Stage.AMENDS, Stage.NATIONAL), Stage.MEDIATION, _MEDIATOR,
        (Needs.BROKEN_OR_SENT_BACK,), "5.6",
        _("Go back to mediation after a broken agreement, or when National sends it back."),
    ),
    Rule(
        Step.CLOSE_WITHOUT_AGREEMENT, (Stage.MEDIATION,), Stage.CLOSED, _MEDIATOR,
        (), "4.0",
        _("Close without an agreement. All are told, and the routes to National are shown."),
        words_in=RoomKind.PARTY,
    ),
    Rule(
        Step.CLOSE_BROKEN, (Stage.AMENDS,), Stage.CLOSED, _MEDIATOR,
        (Needs.A_BROKEN_ITEM,), "4.0",
        _("Close because the agreement was broken. All are told, and the routes to National are shown."),
        words_in=RoomKind.PARTY,
    ),
    Rule(
        Step.REFER, (Stage.MEDIATION, Stage.AMENDS), Stage.NATIONAL, _MEDIATOR,
        (Needs.ACKNOWLEDGED, Needs.INTERPERSONAL, Needs.ACTIONED, Needs.TWO_SEATED, Needs.PACKET_CONSENT), "4.2",
        _("Hand the agreed packet to the member for the National grievance process."),
        two=Two.YES, words_in=RoomKind.PACKET,
    ),
    Rule(
        Step.REFER_BY_EXCEPTION,
        (Stage.INTAKE, Stage.ONE_ON_ONE, Stage.MEDIATION, Stage.AMENDS), Stage.NATIONAL, _MEDIATOR,
        (Needs.ACKNOWLEDGED, Needs.INTERPERSONAL, Needs.PACKET_CONSENT), "4.2",
        _("For urgent risk, or where no two mediators are free of conflict. All else a referral needs still holds."),
        words_in=RoomKind.PACKET,
    ),
    Rule(
        Step.RECORD_ANSWER, (Stage.NATIONAL,), Stage.CLOSED, _MEDIATOR,
        (), "4.2",
        _("Record what National answered, and close."),
        words_in=RoomKind.PACKET,
    ),
    Rule(
        Step.RECORD_NOT_FILED, (Stage.NATIONAL,), Stage.CLOSED, _MEDIATOR,
        (), "4.2",
        _("Record that the member decided not to file with National, and close."),
    ),
    Rule(
        Step.WITHDRAW, OPEN, Stage.CLOSED, frozenset({Part.REPORTER, Part.HARMED}),
        (Needs.THE_HARMED_DECIDES,), "5.6",
        _("End this at any time. No reason is needed."),
    ),
    Rule(
        Step.CLOSE_RECORDED, (Stage.INTAKE,), Stage.CLOSED, _MEDIATOR,
        (Needs.ASKED_TO_RECORD,), "4.0",
        _("Close, because the reporter asked only to have it recorded."),
    ),
    Rule(
        Step.CLOSE_ADVISED, (Stage.INTAKE,), Stage.CLOSED, _MEDIATOR,
        (Needs.ASKED_FOR_ADVICE,), "4.0",
        _("Close with the advice that was given."),
        words_in=RoomKind.PARTY,
    ),
    Rule(
        Step.CLOSE_OUT_OF_SCOPE, OPEN, Stage.CLOSED, _MEDIATOR,
        (Needs.ANOTHER_MEDIATOR,), "4.0",
        _("Close what this process cannot take, with a reason the reporter can read and contest."),
        two=Two.YES, words_in=RoomKind.PARTY,
    ),
    Rule(
        Step.CLOSE_NO_CONTACT, OPEN, Stage.CLOSED, _MEDIATOR,
        (Needs.ANOTHER_MEDIATOR,), "4.0",
        _("Close because nobody answered, with a reason the reporter can read and contest."),
        two=Two.YES, words_in=RoomKind.PARTY,
    ),
    Rule(
        Step.LAPSE, OPEN, Stage.CLOSED, frozenset(),
        (Needs.TWELVE_MONTHS,), "4.0",
        _("The clock closes a case after twelve months without a move, when both sides have been asked."),
    ),
    Rule(
        Step.REOPEN, (Stage.CLOSED,), Stage.INTAKE, frozenset({Part.REPORTER, Part.MEDIATOR}),
        (Needs.WITHIN_THE_WINDOW, Needs.THEIRS_TO_REOPEN), "4.0",
        _("Take it up again. Conflicts are asked anew and mediators are seated anew."),
    ),
)
# fmt: on

WAY: dict[Step, Rule] = {rule.step: rule for rule in _RULES}
