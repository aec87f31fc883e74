"""
Consents: everything a person can agree to in a case: who is asked, what a yes allows, what taking it back stops.

Each is given for itself, dated, and can be taken back. The sentence and what it allows are kept as they were shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grievances.models import Consent, Purpose
from grievances.roles import PARTY, Part
from grievances.workflow import Needs, Step

To = Consent.To


@dataclass(frozen=True)
class ConsentRule:
    """Whose it is to give, what it allows, and what happens when it is taken back."""

    by: frozenset[Part]
    allows: Promise
    stops: Promise


_REPORTER = frozenset({Part.REPORTER})
_HARMED = frozenset({Part.HARMED})
_TAKING_PART = frozenset({Part.REPORTER, Part.HARMED, Part.RESPONDENT})

CONSENTS: Mapping[Consent.To, ConsentRule] = {
    To.GO_ON: ConsentRule(
        _HARMED,
        _("The Caucus may go further than advice. Whatever others are told is laid before you first, word for word."),
        _("Nothing goes further than advice until you agree again."),
    ),
    To.ONE_ON_ONE: ConsentRule(
        _TAKING_PART,
        _("A mediator can open the one-on-one, and somebody can offer you a private space."),
        _("No one-on-one is begun, and nobody offers you a private space."),
    ),
    To.MEDIATION: ConsentRule(
        _TAKING_PART,
        _("The mediators can begin mediation, and the shared table opens to you."),
        _("Mediation is not begun. Once begun, no session is held after the day on which you take this back."),
    ),
    To.JOINT: ConsentRule(
        _TAKING_PART,
        _("The mediators can hold a session in which you sit together."),
        _("Sessions are held with each side apart."),
    ),
    To.RESOLVED: ConsentRule(
        _HARMED,
        _("A mediator can close this as resolved."),
        _("It is not closed as resolved."),
    ),
    To.PAPER: ConsentRule(
        PARTY,
        _("The text goes to those whom it is for, in this version and no other."),
        _("The text goes to nobody. Once it has been told or handed over, that can't be undone."),
    ),
    To.NAME: ConsentRule(
        _REPORTER,
        _("They get a key to the room in which your name lies."),
        _("Their key ends at once. What they have read, they know."),
    ),
    To.SUPPORT: ConsentRule(
        _TAKING_PART,
        _("They see that you are part of this and have a room of their own. Of your room they read nothing by this."),
        _("Their keys end at once, and they see nothing of the case any more. What they have read, they know."),
    ),
    To.READ: ConsentRule(
        _TAKING_PART,
        _("They read all that lies in your own room, now and later."),
        _("Their key to your room ends at once. They still stand by you. What they have read, they know."),
    ),
    To.PACKET: ConsentRule(
        frozenset({Part.RESPONDENT, Part.WITNESS}),
        _("The mediators can put your own words and files into it, or leave them out. Your room stays as it is."),
        _("Nothing of yours leaves with it. What has left can't be called back."),
    ),
    To.ONE_MEDIATOR: ConsentRule(
        _REPORTER,
        _("With one mediator the case can go on. A referral to National then takes an exception."),
        _("The next step that takes two mediators waits for a second one."),
    ),
}
# These are about one person each, and are given on pages of their own.
ABOUT_A_PERSON = frozenset({To.NAME, To.SUPPORT, To.READ})
# Whose consent to which of these opens the table to them.
AGREES_TO_TAKE_PART = frozenset({To.ONE_ON_ONE, To.MEDIATION, To.JOINT})

Asked = tuple[Consent.To, Purpose | None]
_GO_ON: Asked = (To.GO_ON, None)
# Which consents, to which kind of text, stand behind a need of the way.
BEHIND: Mapping[Needs, tuple[Asked, ...]] = {
    Needs.ONE_ON_ONE_CONSENT: ((To.ONE_ON_ONE, None), _GO_ON),
    Needs.MEDIATION_CONSENT: ((To.MEDIATION, None), _GO_ON),
    Needs.HARMED_SAYS_RESOLVED: ((To.RESOLVED, None), _GO_ON),
    Needs.A_HARMED_PERSON: (_GO_ON,),
    Needs.TWO_MEDIATORS: ((To.ONE_MEDIATOR, None),),
    Needs.AGENDA_CONSENT: ((To.PAPER, Purpose.AGENDA),),
    Needs.INVITATION_CONSENT: ((To.PAPER, Purpose.INVITATION),),
    Needs.ACCOUNT_CONSENT: ((To.PAPER, Purpose.ACCOUNT), _GO_ON),
    Needs.AGREEMENT_AFFIRMED: ((To.PAPER, Purpose.AGREEMENT), _GO_ON),
    Needs.PACKET_CONSENT: ((To.PAPER, Purpose.PACKET), _GO_ON),
}
# What a step asks for beside its needs: by its effect, for one of its answers.
BESIDE: Mapping[Step, tuple[Asked, ...]] = {
    Step.OFFER_SPACE: ((To.ONE_ON_ONE, None),),
    Step.RECORD_SESSION: ((To.MEDIATION, None), (To.JOINT, None)),
}


def wording(to: Consent.To) -> str:
    """Return the words that are kept with a consent: in English, so that no row tells which language somebody reads."""
    with translation.override("en"):
        return in_words(to)


def worded(consent: Consent) -> str:
    """Return what somebody agreed to in the reader's language; as it was kept, where the app says it otherwise now."""
    to = Consent.To(consent.to)
    return in_words(to) if consent.wording == wording(to) else consent.wording


def in_words(to: Consent.To) -> str:
    """Return the words that are shown with a consent, in the reader's language."""
    return f"{to.label} {CONSENTS[to].allows}"
