from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.formats import localize
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from grievances.forms.fields import WordsField
from grievances.forms.step import StepForm, let_choose
from grievances.models import AmendsItem, Heard, Paper
from grievances.presenters import People


class How(TextChoices):
    """How amends go, in the eyes of the person harmed."""

    AS_AGREED = "as_agreed", _("As agreed")
    PARTLY = "partly", _("Partly")
    NOT = "not", _("Not as agreed")
    TOO_EARLY = "too_early", _("It is too early to say")


class CheckInForm(StepForm):
    """How one promised item went; the agreement it stands in is shown beside it."""

    item = forms.ChoiceField(label=_("Which item?"), widget=forms.RadioSelect)
    state = forms.ChoiceField(
        label=_("How did it go?"),
        choices=[(state.value, state.label) for state in AmendsItem.State if state is not AmendsItem.State.OPEN],
        widget=forms.RadioSelect,
    )

    def prepare(self) -> None:
        waiting = [item for item in self.facts.items if item.state == AmendsItem.State.OPEN]
        choices = [(str(item.line), self._item(item)) for item in waiting]
        let_choose(self.fields["item"], choices)

    def texts(self) -> list[Paper]:
        agreements = {item.agreement for item in self.facts.items}
        return [paper for paper in self.facts.papers if paper.token in agreements]

    def _item(self, item: AmendsItem) -> str:
        people = People(self.facts)
        owner = next(seat for seat in people.seats if seat.pk == item.owner_id)
        facet = capfirst(str(AmendsItem.Facet(item.facet).label))
        return f"{item.line}. {facet}, {people.called(owner)}, {localize(item.due_on)}"


class CompleteAmendsForm(StepForm):
    heard = forms.ChoiceField(
        label=_("Was the person harmed heard?"),
        help_text=_("Nobody is asked to forgive. It is enough that they could speak."),
        choices=Heard.choices,
        widget=forms.RadioSelect,
    )


class VoiceForm(forms.Form):
    """How the amends go, as the person harmed sees it. No answer is owed, and none is about forgiving."""

    how = forms.ChoiceField(
        label=_("How do the amends go, for you?"), choices=How.choices, required=False, widget=forms.RadioSelect
    )
    text = WordsField(label=_("In your own words"), required=False, rows=5)

    def clean(self) -> dict[str, Any]:
        """Take an answer or some words: one of the two is enough."""
        answers = self.cleaned_data
        if not answers.get("how") and not answers.get("text") and not self.errors:
            raise ValidationError(_("Please choose an answer, or write a few words. One of the two is enough."))
        return answers
