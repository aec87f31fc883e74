from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from caracol.accounts import invitations
from caracol.accounts.contacts import names_of
from caracol.accounts.invitations import SeatLink
from caracol.accounts.models import Kind
from conduct.citing import only_disagreement
from grievances.forms.fields import WordsField
from grievances.forms.step import DayField, StepForm, let_choose
from grievances.models import Nature, Paper, Purpose
from grievances.roles import Part


class DistinguishForm(StepForm):
    nature = forms.ChoiceField(label=_("What is this about?"), choices=Nature.choices, widget=forms.RadioSelect)
    text = WordsField(
        label=_("The distinction, in writing"),
        help_text=_(
            "What is political here, and what lies between people? The reporter reads this and may contest it."
        ),
    )
    beside = "grievances/_only_disagreement.html"

    @property
    def only_disagreement(self) -> bool:
        """Whether all that the reporter cites is about goals (article 6), which is never a violation."""
        return only_disagreement(citation.clause for citation in self.facts.case.citations.select_related("clause"))


class ContestForm(StepForm):
    text = WordsField(label=_("What do you disagree with?"))


class MeetingForm(StepForm):
    """A step that brings something to an official meeting, whose day is not over yet."""

    meeting_on = DayField(label=_("On which day is the meeting?"))

    def clean_meeting_on(self) -> object:
        if self.cleaned_data["meeting_on"] < timezone.localdate():
            raise ValidationError(_("This day is over."))
        return self.cleaned_data["meeting_on"]


class RedirectForm(MeetingForm):
    shows = Purpose.AGENDA


class SplitForm(MeetingForm):
    text = WordsField(
        label=_("The question for the meeting"),
        help_text=_("No names, and nothing from which somebody in the case could be known."),
    )


class BringInForm(StepForm):
    """A step that brings in the person of a text that everybody asked has agreed to."""

    paper = forms.ChoiceField(label=_("Which text?"), widget=forms.RadioSelect)

    def prepare(self) -> None:
        ready = self.texts()
        names = names_of([paper.person for paper in ready if paper.person])
        choices = [
            (paper.token, f"{names.get(paper.person_id or 0, '')} ({Part(paper.part).label})") for paper in ready
        ]
        let_choose(self.fields["paper"], choices)

    def link(self) -> SeatLink | None:
        chosen = next(paper for paper in self.texts() if paper.token == self.cleaned_data["paper"])
        guest = chosen.person and chosen.person.kind == Kind.SEAT
        return invitations.prepare_seat(chosen.person) if chosen.person and guest else None

    def texts(self) -> list[Paper]:
        papers = [paper for paper in self.facts.papers if paper.purpose == self.shows and not paper.used_at]
        return [paper for paper in papers if paper.person and self.facts.ready(paper)]


class InviteForm(BringInForm):
    shows = Purpose.INVITATION

    def texts(self) -> list[Paper]:
        """A second person harmed can't be brought in beside the first."""
        return [paper for paper in super().texts() if paper.part != Part.HARMED or self.facts.invited_as_harmed is None]


class TellForm(BringInForm):
    shows = Purpose.ACCOUNT
