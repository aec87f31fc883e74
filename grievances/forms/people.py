from __future__ import annotations

from collections.abc import Iterable, Mapping

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from caracol.accounts import roles
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
        people = who_could_serve(self.facts.case, asked_by=self.actor.user)
        let_choose(self.fields["who"], people_menu(people, serving_names_of(people)))


class SupportForm(StepForm):
    """Whom somebody wishes to have beside them: any member, since a shorter list would tell who else is concerned."""

    person = forms.ChoiceField(label=_("Who shall be beside you?"))

    def prepare(self) -> None:
        others = [user for user in roles.holders(SiteRole.MEMBER) if user.pk != self.actor.user.pk]
        let_choose(self.fields["person"], people_menu(others, names_of(others)))

    def chosen(self) -> User:
        """Return the person chosen."""
        return User.objects.get(handle=self.cleaned_data["person"])
