from __future__ import annotations

from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext_lazy as _

from caracol.letters.cadences import cadence_of
from grievances.actions import planned
from grievances.actions.mediation import ASIDE
from grievances.forms.fields import WordsField
from grievances.forms.step import DayField, StepForm, let_choose
from grievances.models import Actioned, Invited, MediationSession, PlannedSession, Purpose
from grievances.presenters import People

_DECLINED = Invited.Answer.DECLINED
REASON_HINT = _("The people concerned can read this. Keep it short and fair.")


class SetAsideForm(StepForm):
    actioned_how = forms.ChoiceField(
        label=_("Why is there no mediation?"),
        choices=[(how.value, how.label) for how in Actioned if how in ASIDE],
        widget=forms.RadioSelect,
    )
    text = WordsField(label=_("The reason"), help_text=_("This stays among the mediators."))


class RecordSessionForm(StepForm):
    form = forms.ChoiceField(
        label=_("How did you meet?"), choices=MediationSession.Form.choices, widget=forms.RadioSelect
    )
    held_on = DayField(label=_("On which day?"))
    attended = forms.MultipleChoiceField(label=_("Who was there?"), widget=forms.CheckboxSelectMultiple)
    planned = forms.MultipleChoiceField(
        label=_("Which planned sessions was it?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    ground_rules = forms.BooleanField(
        label=_("Everybody agreed to the ground rules at the beginning"),
        error_messages={"required": _("A session begins with ground rules that everybody agrees to.")},
    )
    beside = "grievances/_ground_rules.html"

    def prepare(self) -> None:
        people = People(self.facts)
        seats = [(seat.token, capfirst(people.called(seat))) for seat in self.facts.seats]
        let_choose(self.fields["attended"], seats)
        self._take_over(list(planned.standing(self.facts.case)), people)

    def _take_over(self, sessions: list[PlannedSession], people: People) -> None:
        """Offer the planned sessions to choose from, and begin with the first whose time has come, and what it says."""
        if not sessions:
            del self.fields["planned"]
            return
        let_choose(self.fields["planned"], [(each.token, self._called(each, people)) for each in sessions])
        over = [each for each in sessions if each.meets_at <= self.facts.now]
        day = timezone.localdate(over[0].meets_at) if over else None
        held = [each for each in over if (each.form, timezone.localdate(each.meets_at)) == (over[0].form, day)]
        came = [each.seat.token for session in held for each in session.standing if each.answer != _DECLINED]
        if held:
            present = came + [seat.token for seat in self.facts.mediators]
            tokens = [each.token for each in held]
            self.initial.update(form=held[0].form, held_on=day, attended=present, planned=tokens)

    def _called(self, session: PlannedSession, people: People) -> str:
        who = get_text_list([people.called(each.seat) for each in session.standing], _("and"))
        when = timezone.localtime(session.meets_at, ZoneInfo(cadence_of(self.actor.user).zone))
        return f"{date_format(when, 'DATETIME_FORMAT')}, {session.get_form_display()}: {who}"

    def clean_held_on(self) -> object:
        if self.cleaned_data["held_on"] > timezone.localdate():
            raise ValidationError(_("This day is yet to come."))
        return self.cleaned_data["held_on"]


class AgreeForm(StepForm):
    shows = Purpose.AGREEMENT


class CloseWithReasonForm(StepForm):
    """A closing whose reason is written into the rooms of those whom it concerns."""

    text = WordsField(label=_("The reason"), help_text=REASON_HINT)
