"""A private talk as it is recorded: four questions, of which two may stay empty."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from caracol.accounts.contacts import names_of
from caracol.accounts.models import User
from grievances.deadlines import today
from grievances.forms.fields import WordsField
from grievances.forms.people import people_menu
from grievances.forms.step import DayField, VersionField, let_choose
from grievances.models import Conversation, Kept
from grievances.retention import after

WORDS = ("whom", "about", "went")


class ChangeForm(forms.Form):
    """What a talk was about and how it went, to be changed later by who recorded it."""

    version = VersionField()
    whom = WordsField(
        label=_("With whom"), help_text=_("A name, or any words by which you know it again."), required=False, rows=1
    )
    about = WordsField(label=_("What it was about"), rows=4)
    went = forms.ChoiceField(
        label=_("How it went"),
        choices=Conversation.Went.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose one."), "invalid_choice": _("Please choose one of these.")},
    )
    follow_up_on = DayField(label=_("Remind me on"), help_text=_("You are reminded here, on the first page."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["follow_up_on"].required = False

    def clean_follow_up_on(self) -> dt.date | None:
        """Take a day to come, while the record still stands."""
        day: dt.date | None = self.cleaned_data["follow_up_on"]
        if day and not today() <= day <= after(Kept.CONVERSATION, today()):
            raise ValidationError(_("Please give a day between today and a year from now."))
        return day

    def words(self) -> dict[str, str]:
        """Return what is sealed."""
        return {name: self.cleaned_data[name] for name in WORDS}


class RecordForm(ChangeForm):
    """A talk recorded for the first time: who else may read it, and whether it is counted."""

    person = forms.ChoiceField(
        label=_("Let one member read this"),
        help_text=_("The other one of you two, say. Leave it empty, and nobody but you can."),
        required=False,
        error_messages={"invalid_choice": _("The list has changed. Please look at it again.")},
    )
    uncounted = forms.BooleanField(
        label=_("Do not count this"),
        help_text=_("Otherwise it adds one to a number without names, shown rounded, and only if there are many."),
        required=False,
    )

    def __init__(self, *args: Any, others: Sequence[User], **kwargs: Any) -> None:
        """Offer `others` to be let read."""
        super().__init__(*args, initial={"version": 0}, **kwargs)
        self._others = {user.handle: user for user in others}
        let_choose(self.fields["person"], people_menu(others, names_of(others)))

    def let_read(self) -> User | None:
        """Return who else is to read it."""
        return self._others.get(self.cleaned_data["person"])
