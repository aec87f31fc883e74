from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from caracol.accounts import receipts, roles
from caracol.accounts.contacts import names_of, serving_names_of
from caracol.accounts.models import SiteRole, User
from grievances.actions.people import who_could_serve
from grievances.forms.step import StepForm, let_choose


def people_menu(people: Iterable[User], names: Mapping[int, str]) -> list[tuple[str, str]]:
    """Return a menu of people: their handle, and a name of theirs."""
    menu = [(user.handle, names[user.pk]) for user in people]
    return [("", gettext("Please choose")), *sorted(menu, key=lambda pair: pair[1].casefold())]


class AskForm(StepForm):
    who = forms.ChoiceField(label=_("Whom will you ask?"))

    def prepare(self) -> None:
        # Who serves is no guest's to read off a menu: for them whoever took the concern in asks.
        guest = self.actor.user.is_guest
        people = [] if guest else who_could_serve(self.facts.case, asked_by=self.actor.user)
        let_choose(self.fields["who"], people_menu(people, serving_names_of(people)))


class SupportForm(StepForm):
    """
    Whom somebody wishes to have beside them: any member, since a shorter list would tell who else is concerned.

    Or somebody with a receipt, by its handle; a guest is shown no list of members.
    """

    person = forms.ChoiceField(label=_("Who shall be beside you?"), required=False)
    handle = forms.CharField(
        label=_("Or somebody with a receipt: its first four groups"),
        help_text=_("They make a receipt of their own, and give you these four groups of it. Never ask for the rest."),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def prepare(self) -> None:
        if self.actor.user.is_guest:
            del self.fields["person"]
            self.fields["handle"].label = _("The first four groups of their receipt")
            return
        others = [user for user in roles.holders(SiteRole.MEMBER) if user.pk != self.actor.user.pk]
        let_choose(self.fields["person"], people_menu(others, names_of(others)))

    def clean_handle(self) -> str:
        """Refuse a whole receipt, whose second half is nobody else's, and a handle that nobody has."""
        typed: str = self.cleaned_data["handle"]
        if receipts.split(typed):
            raise ValidationError(_("This is a whole receipt. Please give its first four groups alone."))
        if typed and receipts.holder(typed) is None:
            raise ValidationError(_("No receipt begins like this. Please check the four groups."))
        return typed

    def clean(self) -> dict[str, Any]:
        """Take one answer."""
        answers = self.cleaned_data
        if not self.errors and bool(answers.get("person")) == bool(answers["handle"]):
            self.add_error("person" if "person" in self.fields else "handle", _("Please say who it is, in one way."))
        return answers

    def chosen(self) -> User:
        """Return the person chosen."""
        typed = self.cleaned_data["handle"]
        return receipts.holder(typed) or User.objects.get(handle=self.cleaned_data["person"])
