from __future__ import annotations

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from grievances.forms.step import StepForm
from grievances.models import Kept
from grievances.presenters import People
from grievances.retention import days, is_untold


class Goes(TextChoices):
    """When a concern that nobody else knew of is destroyed."""

    LATER = "later", _("In a few days, as said above. Until then I can take it up again.")
    NOW = "now", _("Now, all of it. I know that nobody can bring it back.")


class WithdrawForm(StepForm):
    """What ending it means, before the button; and where nobody else knew of it, when everything is destroyed."""

    beside = "grievances/_withdrawing.html"
    goes = forms.ChoiceField(
        label=_("When should everything be destroyed?"),
        choices=Goes.choices,
        initial=Goes.LATER,
        widget=forms.RadioSelect,
        required=False,
    )

    def prepare(self) -> None:
        self.untold = is_untold(self.facts.case, self.facts.now)
        self.days = days(Kept.UNTOLD if self.untold else Kept.CASE)
        if not self.untold:
            del self.fields["goes"]

    def told(self) -> list[str]:
        """Return who is told that it was withdrawn, by their parts."""
        people = People(self.facts)
        me = self.facts.me
        return [people.called(seat) for seat in people.seats if not seat.left_at and (me is None or seat.pk != me.pk)]
