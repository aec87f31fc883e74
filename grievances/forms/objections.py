from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from caracol.accounts.contacts import serving_names_of
from grievances.facts import Facts
from grievances.forms.fields import WordsField
from grievances.forms.people import people_menu
from grievances.forms.step import let_choose


class ObjectionForm(forms.Form):
    """Who should not serve, of those who do, and why."""

    who = forms.ChoiceField(label=_("Who should not serve?"))
    text = WordsField(
        label=_("Why?"),
        help_text=_("A few words will do. Every mediator of this case reads them, also the one you name."),
    )

    def __init__(self, *args: Any, facts: Facts, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        serving = [seat.user for seat in facts.mediators]
        let_choose(self.fields["who"], people_menu(serving, serving_names_of(serving)))
