"""
Events: everything the ledger can say about a case, in words, and who may read it in the case's history.

The ledger keeps typed facts; these sentences are put together when somebody reads them. `{who}` did it, `{whom}` it
was done to: each is "you", a part ("the reporter"), or the name by which somebody serves; never another name. `{room}`
is a room, `{what}` a step, `{thing}` what left and `{recipient}` for whom, in words. `seen_by` are the parts whose
history shows the event.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from grievances.roles import Part
from grievances.workflow import Step


class Event(StrEnum):
    """The name of an event, `source:subject:action`, as it stands in the ledger for good."""

    BEGUN = "case:concern:begun"
    ABOUT_RETALIATION = "case:concern:about_retaliation"
    DISCARDED = "case:concern:discarded"
    FILED = "case:concern:filed"
    ACKNOWLEDGED = "case:concern:acknowledged"
    ASKED = "case:server:asked"
    ACCEPTED = "case:server:accepted"
    RECUSED = "case:server:recused"
    DISTINGUISHED = "case:nature:distinguished"
    CONTESTED = "case:decision:contested"
    INVITED = "case:person:invited"
    TOLD = "case:respondent:told"
    REDIRECTED = "case:concern:redirected"
    SPLIT = "case:concern:split"
    ONE_ON_ONE_BEGUN = "case:one_on_one:begun"
    SPACE_OFFERED = "case:space:offered"
    ONE_ON_ONE_RECORDED = "case:one_on_one:recorded"
    RESOLVED = "case:concern:resolved"
    MEDIATION_BEGUN = "case:mediation:begun"
    MEDIATION_SET_ASIDE = "case:mediation:set_aside"
    SESSION_RECORDED = "case:session:recorded"
    AGREED = "case:agreement:entered"
    CHECKED_IN = "case:amends:checked"
    AMENDS_COMPLETED = "case:amends:completed"
    RETURNED = "case:mediation:returned_to"
    CLOSED_WITHOUT_AGREEMENT = "case:concern:closed_without_agreement"
    CLOSED_BROKEN = "case:agreement:broken"
    REFERRED = "case:national:referred"
    REFERRED_BY_EXCEPTION = "case:national:referred_by_exception"
    ANSWERED = "case:national:answered"
    NOT_FILED = "case:national:not_filed"
    WITHDRAWN = "case:concern:withdrawn"
    RECORDED_ONLY = "case:concern:recorded_only"
    ADVISED = "case:concern:advised"
    OUT_OF_SCOPE = "case:concern:out_of_scope"
    NO_CONTACT = "case:concern:no_contact"
    LAPSED = "case:concern:lapsed"
    REOPENED = "case:concern:reopened"

    PROPOSED = "case:step:proposed"
    REFUSED = "case:step:refused"
    ASKED_TO_GO_ON = "case:clock:asked"
    CLOCK_LATE = "case:clock:late"
    CLOCK_LATE_AGAIN = "case:clock:late_again"
    CLOCK_MOVED = "case:clock:moved"
    CLOCK_PAUSED = "case:clock:paused"
    CLOCK_RESUMED = "case:clock:resumed"
    COVER_NAMED = "case:cover:named"
    INTAKE_TOLD = "case:clock:intake_told"
    FOLLOW_UP = "case:clock:follow_up"
    TALK_FOLLOW_UP = "conversation:talk:follow_up"
    CONSENT_GIVEN = "case:consent:given"
    CONSENT_WITHDRAWN = "case:consent:withdrawn"
    SESSION_PLANNED = "case:session:planned"
    SESSION_CHANGED = "case:session:changed"
    SESSION_CALLED_OFF = "case:session:called_off"
    SESSION_ANSWERED = "case:session:answered"
    SESSION_SETTLED = "case:session:settled"
    SPACE_ANSWERED = "case:space:answered"
    HARMED_SPOKE = "case:amends:spoken_of"
    BARRED = "case:conflict:barred"
    CONFLICT_NOTED = "case:conflict:noted"
    OBJECTED = "case:conflict:objected"
    PAPER_LAID = "case:paper:laid"
    SEATED = "case:seat:taken"
    SEAT_LEFT = "case:seat:left"
    OFFER_ENDED = "case:offer:ended"
    RECOVERY_LEFT_OUT = "case:recovery:left_out"
    RECOVERY_ASKED = "case:recovery:asked"
    RECOVERED = "case:recovery:done"
    LEFT_UNCOUNTED = "case:statistics:left_uncounted"
    SHARED = "case:thing:shared"
    DESIGNATED = "case:thing:designated"
    UNDESIGNATED = "case:thing:undesignated"
    HANDED_OVER = "case:packet:handed_over"
    ACCESS_LOST = "case:access:lost"
    ACCESS_RETURNED = "case:access:returned"
    HOLD_PROPOSED = "case:hold:proposed"
    HELD = "case:hold:begun"
    HOLD_ENDED = "case:hold:ended"
    EXPUNGED = "case:case:expunged"
    RETENTION_CHANGED = "retention:rule:changed"
    ROOM_BUILT = "room:door:built"
    ROOM_TURNED = "room:door:turned"
    ROOM_GRANTED = "room:key:granted"
    ROOM_OFFERED = "room:key:offered"
    ROOM_WITHDRAWN = "room:key:withdrawn"
    ROOM_OPENED = "room:door:opened"
    ROOM_REFUSED = "room:door:refused"
    FILE_EXPUNGED = "room:file:expunged"
    ROOM_DESTROYED = "room:door:destroyed"
    ENTRY_WRITTEN = "room:entry:written"
    FILE_TAKEN_BACK = "room:file:taken_back"


STEP_EVENTS: dict[Step, Event] = {
    Step.FILE: Event.FILED,
    Step.ACKNOWLEDGE: Event.ACKNOWLEDGED,
    Step.ASK: Event.ASKED,
    Step.ACCEPT: Event.ACCEPTED,
    Step.RECUSE: Event.RECUSED,
    Step.DISTINGUISH: Event.DISTINGUISHED,
    Step.CONTEST: Event.CONTESTED,
    Step.INVITE: Event.INVITED,
    Step.TELL: Event.TOLD,
    Step.REDIRECT: Event.REDIRECTED,
    Step.SPLIT: Event.SPLIT,
    Step.BEGIN_ONE_ON_ONE: Event.ONE_ON_ONE_BEGUN,
    Step.OFFER_SPACE: Event.SPACE_OFFERED,
    Step.RECORD_ONE_ON_ONE: Event.ONE_ON_ONE_RECORDED,
    Step.RESOLVE_ONE_ON_ONE: Event.RESOLVED,
    Step.BEGIN_MEDIATION: Event.MEDIATION_BEGUN,
    Step.SET_MEDIATION_ASIDE: Event.MEDIATION_SET_ASIDE,
    Step.RECORD_SESSION: Event.SESSION_RECORDED,
    Step.AGREE: Event.AGREED,
    Step.CHECK_IN: Event.CHECKED_IN,
    Step.COMPLETE_AMENDS: Event.AMENDS_COMPLETED,
    Step.RETURN_TO_MEDIATION: Event.RETURNED,
    Step.CLOSE_WITHOUT_AGREEMENT: Event.CLOSED_WITHOUT_AGREEMENT,
    Step.CLOSE_BROKEN: Event.CLOSED_BROKEN,
    Step.REFER: Event.REFERRED,
    Step.REFER_BY_EXCEPTION: Event.REFERRED_BY_EXCEPTION,
    Step.RECORD_ANSWER: Event.ANSWERED,
    Step.RECORD_NOT_FILED: Event.NOT_FILED,
    Step.WITHDRAW: Event.WITHDRAWN,
    Step.CLOSE_RECORDED: Event.RECORDED_ONLY,
    Step.CLOSE_ADVISED: Event.ADVISED,
    Step.CLOSE_OUT_OF_SCOPE: Event.OUT_OF_SCOPE,
    Step.CLOSE_NO_CONTACT: Event.NO_CONTACT,
    Step.LAPSE: Event.LAPSED,
    Step.REOPEN: Event.REOPENED,
}


_OPEN = {
    "who": _("somebody"),
    "whom": _("somebody"),
    "room": _("one of the rooms"),
    "what": _("what they may not do here"),
    "thing": _("something"),
    "recipient": _("somebody"),
}


# A language may name who did it at the end, after a dash; where that is not told, the end goes.
_BY_WHOM = " — {who}"


@dataclass(frozen=True)
class EventRule:
    """How an event reads, and whose history shows it."""

    says: Promise
    seen_by: frozenset[Part]

    def say(self, **told: str) -> str:
        """Return the sentence with what is `told` in place; what is not told stays open ("somebody", "a room")."""
        says = str(self.says) if "who" in told else str(self.says).replace(_BY_WHOM, "")
        return capfirst(says.format_map({**{name: str(open_) for name, open_ in _OPEN.items()}, **told}))


_SERVERS = frozenset({Part.MEDIATOR, Part.INTAKE})
_WORK = frozenset({Part.MEDIATOR})
_HARM = frozenset({Part.REPORTER, Part.HARMED})
_SIDES = _HARM | {Part.RESPONDENT}
_MEET = _SIDES | _WORK | {Part.SUPPORT}
_ALL = frozenset(Part)
_OVERSEEN = _HARM | _SERVERS

EVENTS: dict[Event, EventRule] = {
    Event.BEGUN: EventRule(_("The reporter began to write."), frozenset({Part.REPORTER})),
    Event.ABOUT_RETALIATION: EventRule(_("The concern follows another case."), _OVERSEEN),
    Event.DISCARDED: EventRule(_("The draft was destroyed."), frozenset()),
    Event.FILED: EventRule(_("The concern was filed."), _OVERSEEN),
    Event.ACKNOWLEDGED: EventRule(_("{who} acknowledged the concern."), _OVERSEEN),
    Event.ASKED: EventRule(_("{who} asked {whom} to serve."), _OVERSEEN),
    Event.ACCEPTED: EventRule(_("{who} accepted to serve."), _ALL),
    Event.RECUSED: EventRule(_("{who} stepped back from serving."), _OVERSEEN),
    Event.DISTINGUISHED: EventRule(_("{who} distinguished political from interpersonal."), _OVERSEEN),
    Event.CONTESTED: EventRule(_("{who} contested a decision."), _OVERSEEN),
    Event.INVITED: EventRule(_("{who} invited {whom} into the case."), _OVERSEEN),
    Event.TOLD: EventRule(_("{who} told {whom} about the concern."), _SIDES | _WORK),
    Event.REDIRECTED: EventRule(_("The question was redirected to a Caucus meeting."), _ALL),
    Event.SPLIT: EventRule(_("{who} split off the political half."), _OVERSEEN),
    Event.ONE_ON_ONE_BEGUN: EventRule(_("{who} opened the one-on-one."), _SIDES | _WORK),
    Event.SPACE_OFFERED: EventRule(_("{who} offered {whom} a private space."), _SIDES | _WORK),
    Event.ONE_ON_ONE_RECORDED: EventRule(_("{who} recorded how the one-on-one went."), _SIDES | _WORK),
    Event.RESOLVED: EventRule(_("The case was closed: resolved one-on-one."), _ALL),
    Event.MEDIATION_BEGUN: EventRule(_("{who} began mediation."), _SIDES | _WORK),
    Event.MEDIATION_SET_ASIDE: EventRule(_("{who} set mediation aside."), _HARM | _WORK),
    Event.SESSION_RECORDED: EventRule(_("{who} recorded a mediation session."), _SIDES | _WORK),
    Event.AGREED: EventRule(_("{who} entered the agreement that every side affirmed."), _SIDES | _WORK),
    Event.CHECKED_IN: EventRule(_("{who} checked in on an amends item."), _SIDES | _WORK),
    Event.AMENDS_COMPLETED: EventRule(_("The case was closed with its amends complete."), _ALL),
    Event.RETURNED: EventRule(_("{who} brought the case back to mediation."), _SIDES | _WORK),
    Event.CLOSED_WITHOUT_AGREEMENT: EventRule(_("The case was closed without an agreement."), _ALL),
    Event.CLOSED_BROKEN: EventRule(_("The case was closed: the agreement was broken."), _ALL),
    Event.REFERRED: EventRule(_("{who} handed over the packet for National."), _HARM | _WORK),
    Event.REFERRED_BY_EXCEPTION: EventRule(_("{who} handed over the packet for National by exception."), _HARM | _WORK),
    Event.ANSWERED: EventRule(_("The case was closed with National's answer."), _ALL),
    Event.NOT_FILED: EventRule(_("The case was closed: not filed with National."), _ALL),
    Event.WITHDRAWN: EventRule(_("The concern was withdrawn."), _ALL),
    Event.RECORDED_ONLY: EventRule(_("The case was closed: recorded only."), _OVERSEEN),
    Event.ADVISED: EventRule(_("The case was closed with advice."), _OVERSEEN),
    Event.OUT_OF_SCOPE: EventRule(_("The case was closed as out of scope."), _ALL),
    Event.NO_CONTACT: EventRule(_("The case was closed: no contact."), _ALL),
    Event.LAPSED: EventRule(_("The case lapsed after twelve months without a move."), _ALL),
    Event.REOPENED: EventRule(_("{who} reopened the case."), _ALL),
    Event.PROPOSED: EventRule(_("{who} proposed a step that takes two mediators: {what}."), _WORK),
    Event.REFUSED: EventRule(_("{who} was refused: {what}."), _HARM | _WORK),
    Event.ASKED_TO_GO_ON: EventRule(_("Everybody was asked whether this should go on."), _SIDES | _SERVERS),
    Event.CLOCK_LATE: EventRule(_("A date passed, and what was due is still to be done."), _OVERSEEN),
    Event.CLOCK_LATE_AGAIN: EventRule(_("As much time again has passed, and it is still to be done."), _OVERSEEN),
    Event.CLOCK_MOVED: EventRule(_("{who} set another date."), _OVERSEEN),
    Event.CLOCK_PAUSED: EventRule(_("{who} let a date pause."), _OVERSEEN),
    Event.CLOCK_RESUMED: EventRule(_("{who} let a date that paused go on."), _OVERSEEN),
    Event.COVER_NAMED: EventRule(_("{who} named {whom} to cover for them while they are away."), _WORK),
    Event.INTAKE_TOLD: EventRule(_("Somebody on intake duty was told, as the reporter wished."), _OVERSEEN),
    Event.FOLLOW_UP: EventRule(_("Half a year has passed since this was closed."), _HARM | _WORK),
    # In the chain of a private talk, which has no history.
    Event.TALK_FOLLOW_UP: EventRule(_("You wanted to come back to a private talk."), frozenset()),
    Event.CONSENT_GIVEN: EventRule(_("{who} gave a consent."), _HARM | _WORK),
    Event.CONSENT_WITHDRAWN: EventRule(_("{who} withdrew a consent."), _HARM | _WORK),
    Event.HARMED_SPOKE: EventRule(_("{who} said how the amends go."), _HARM | _WORK),
    Event.SPACE_ANSWERED: EventRule(_("{who} answered the offer of a private space."), _SIDES | _WORK),
    # A party reads of the sessions to which they are invited, and nobody's answer but their own.
    Event.SESSION_PLANNED: EventRule(_("{who} planned a session of mediation."), _MEET),
    Event.SESSION_CHANGED: EventRule(_("{who} changed a planned session."), _MEET),
    Event.SESSION_CALLED_OFF: EventRule(_("A planned session was called off."), _MEET),
    Event.SESSION_SETTLED: EventRule(_("Everybody invited to a planned session accepted."), _MEET),
    Event.SESSION_ANSWERED: EventRule(_("{who} answered when invited to a session."), _WORK),
    # Said by the events that led to it; kept so that a seat or a bar counts only where the ledger has it.
    Event.SEATED: EventRule(_("{whom} took a seat."), frozenset()),
    Event.BARRED: EventRule(_("{whom} must not serve."), frozenset()),
    Event.CONFLICT_NOTED: EventRule(_("{who} said who must not serve."), frozenset({Part.REPORTER})),
    Event.OBJECTED: EventRule(_("{who} objected to {whom} serving."), _HARM | _WORK),
    Event.PAPER_LAID: EventRule(_("{who} put a text before people for their consent."), _HARM | _WORK),
    Event.SEAT_LEFT: EventRule(_("{who} left the case."), _OVERSEEN),
    Event.OFFER_ENDED: EventRule(_("The request to {whom} to serve ended without an answer."), _OVERSEEN),
    Event.RECOVERY_LEFT_OUT: EventRule(_("The reporter left recovery out."), _HARM | _WORK),
    Event.RECOVERY_ASKED: EventRule(_("{who} asked that the case be offered to {whom} by recovery."), _OVERSEEN),
    Event.RECOVERED: EventRule(_("The case was offered to {whom} by recovery."), _ALL),
    Event.LEFT_UNCOUNTED: EventRule(_("{who} said where this is not counted in the statistics."), _HARM | _WORK),
    Event.SHARED: EventRule(_("{who} took this out of here: {thing}. It was for: {recipient}."), _HARM | _WORK),
    Event.DESIGNATED: EventRule(_("{who} designated this for sharing: {thing}, for: {recipient}."), _HARM | _WORK),
    Event.UNDESIGNATED: EventRule(_("{who} took this back from sharing: {thing}."), _HARM | _WORK),
    Event.HANDED_OVER: EventRule(_("{who} said that the packet reached whom it was for."), _HARM | _WORK),
    Event.ACCESS_LOST: EventRule(
        _("{who} came in with new keys: shut out until somebody gives access back."), _OVERSEEN
    ),
    Event.ACCESS_RETURNED: EventRule(_("{who} gave {whom} access back."), _OVERSEEN),
    Event.HOLD_PROPOSED: EventRule(_("{who} proposed that the case is kept for longer."), _HARM | _WORK),
    Event.HELD: EventRule(_("{who} confirmed that the case is kept for longer."), _HARM | _WORK),
    Event.HOLD_ENDED: EventRule(_("The case is no longer kept for longer than planned."), _HARM | _WORK),
    # By then nobody sees the case any more, and the schedule is no case's.
    Event.EXPUNGED: EventRule(_("The case was destroyed with all it held."), frozenset()),
    Event.RETENTION_CHANGED: EventRule(_("The schedule of what is kept how long was changed."), frozenset()),
    Event.ROOM_BUILT: EventRule(_("A room was built: {room}."), _HARM | _WORK),
    Event.ROOM_TURNED: EventRule(_("A room was given new keys: {room}."), _HARM | _WORK),
    Event.ROOM_GRANTED: EventRule(_("A key was given to {whom}: {room}."), _HARM | _WORK),
    Event.ROOM_OFFERED: EventRule(_("A key was set aside for {whom}, who was asked to serve: {room}."), _HARM | _WORK),
    Event.ROOM_WITHDRAWN: EventRule(_("A key was taken back from {whom}: {room}."), _HARM | _WORK),
    Event.ROOM_OPENED: EventRule(_("{who} opened a room: {room}."), _HARM | _WORK),
    Event.ROOM_REFUSED: EventRule(_("{who} tried to open a room without a key to it: {room}."), _HARM | _WORK),
    Event.FILE_EXPUNGED: EventRule(_("A file was destroyed, since its time was over."), _WORK),
    Event.ROOM_DESTROYED: EventRule(_("A room was destroyed with all it held: {room}."), _HARM | _WORK),
    Event.ENTRY_WRITTEN: EventRule(_("{who} wrote something."), frozenset()),
    Event.FILE_TAKEN_BACK: EventRule(_("{who} took a file back."), frozenset()),
}
