from __future__ import annotations

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from caracol.letters.cadences import cadence_of
from grievances.forms.moments import InOwnZone, MomentField
from grievances.forms.step import StepForm, let_choose
from grievances.models import Consent, OneOnOne, Seat, Space
from grievances.presenters import People
from grievances.roles import HARM_SIDE, SERVING, May


class OfferSpaceForm(InOwnZone, StepForm):
    to = forms.ChoiceField(label=_("To whom?"), widget=forms.RadioSelect)
    channel = forms.ChoiceField(label=_("What kind of space?"), choices=Space.Channel.choices, widget=forms.RadioSelect)
    meets_at = MomentField(label=_("When?"), required=False)

    def prepare(self) -> None:
        people = People(self.facts)
        choices = [(seat.token, capfirst(people.called(seat))) for seat in self._others()]
        let_choose(self.fields["to"], choices)
        self.zone = cadence_of(self.actor.user).zone
        self.fields["meets_at"].help_text = _("Times are those of %(zone)s.") % {"zone": self.zone}

    def _others(self) -> list[Seat]:
        """The sides that the reader may know of: a person named does not learn who else is."""
        willing = [seat for seat in self.facts.seats if not self.facts.refused(seat, Consent.To.ONE_ON_ONE)]
        others = [seat for seat in willing if seat.may(May.ANSWER) and seat != self.facts.me]
        if self.facts.parts & (HARM_SIDE | SERVING):
            return others
        return [seat for seat in others if seat.parts & HARM_SIDE]


class RecordOneOnOneForm(StepForm):
    one_on_one = forms.ChoiceField(
        label=_("How did it go?"),
        help_text=_("Each of these satisfies the step. Nobody has to talk."),
        choices=OneOnOne.choices,
        widget=forms.RadioSelect,
    )
