from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from caracol.accounts import invitations, receipts, roles
from caracol.accounts.contacts import names_of
from caracol.accounts.invitations import SeatLink
from caracol.accounts.models import SiteRole, User
from grievances import free_and_busy
from grievances.actions.people import needs_an_outside_mediator, who_could_serve, who_could_take_in
from grievances.actions.serving import FROM_OUTSIDE, ON_DUTY
from grievances.forms.step import StepForm, let_choose


def people_menu(people: Iterable[User], names: Mapping[int, str]) -> list[tuple[str, str]]:
    """Return a menu of people: their handle, and a name of theirs."""
    menu = [(user.handle, names[user.pk]) for user in people]
    return [("", gettext("Please choose")), *sorted(menu, key=lambda pair: pair[1].casefold())]


NO_ACCOUNT, ACCOUNT = "no-account", "account"


class AskForm(StepForm):
    """
    Whom to ask: a mediator, those on intake duty, or where too few here could serve somebody from outside.

    Who serves is no guest's to read off a menu: for them whoever took the concern in asks.
    """

    who = forms.ChoiceField(label=_("Whom will you ask?"))
    known_as = forms.ChoiceField(
        label=_("If it is somebody from outside: do they have an account here all the same?"),
        help_text=_(
            "Please ask them before you answer. You are then shown a link for them, once. With it they see the "
            "names first, and say whether they can serve. Their other account can't serve in this case then."
        ),
        required=False,
    )

    def prepare(self) -> None:
        guest, case = self.actor.user.is_guest, self.facts.case
        could = [] if guest else who_could_serve(case, asked_by=self.actor.user)
        choose, *mediators = people_menu(could, free_and_busy.names_of(could))
        let_choose(self.fields["who"], [choose, *mediators, *self._others()])
        if needs_an_outside_mediator(self.facts):
            members = [] if guest else [user for user in roles.holders(SiteRole.MEMBER) if user != self.actor.user]
            accounts = people_menu(members, names_of(members))[1:]
            let_choose(self.fields["known_as"], [choose, (NO_ACCOUNT, gettext("No")), *accounts])
        else:
            del self.fields["known_as"]

    def _others(self) -> list[tuple[str, str]]:
        others = []
        if not self.facts.has_enough_mediators and who_could_take_in(self.facts.case):
            others.append((ON_DUTY, gettext("Those on intake duty")))
        if needs_an_outside_mediator(self.facts):
            others.append((FROM_OUTSIDE, gettext("A mediator from outside, by a link")))
        return others

    def clean(self) -> dict[str, Any]:
        """Ask of somebody from outside, and of nobody else, which account is theirs."""
        answers = self.cleaned_data
        if not self.errors and (answers["who"] == FROM_OUTSIDE) != bool(answers.get("known_as")):
            self.add_error("known_as", _("Please answer this for somebody from outside, and for nobody else."))
        return answers

    def link(self) -> SeatLink | None:
        """Return the link of a mediator from outside, whose account is made here at the cost of two Argon2."""
        outside = self.cleaned_data["who"] == FROM_OUTSIDE
        return invitations.prepare_seat(invitations.new_guest()) if outside else None


class SupportForm(StepForm):
    """
    Whom somebody wishes to have beside them: any member, since a shorter list would tell who else is concerned.

    Or somebody with a receipt, by its handle. A guest is shown no list of members, and names an account in words.
    """

    person = forms.ChoiceField(label=_("Who shall be beside you?"), required=False)
    handle = forms.CharField(
        label=_("Or somebody with a receipt: its first four groups"),
        help_text=_("They make a receipt of their own, and give you these four groups of it. Never ask for the rest."),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )

    known_as = forms.ChoiceField(
        label=_("If they come with a receipt: do they have an account here all the same, or serve here?"),
        help_text=_("Please ask them before you answer. Neither they nor that account can serve in this case then."),
        required=False,
    )
    in_words = forms.CharField(
        label=_("If they do: the name by which the Caucus knows them"),
        help_text=_("Whoever serves in this case reads it in your room, and sees to it that they do not serve."),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reads = forms.BooleanField(
        label=_("They may read what lies in my own room"),
        help_text=_("You can let them later, and take it back at any time, under “What you have agreed to”."),
        required=False,
    )

    def prepare(self) -> None:
        choose, no = ("", gettext("Please choose")), (NO_ACCOUNT, gettext("No"))
        if self.actor.user.is_guest:
            del self.fields["person"]
            self.fields["handle"].label = _("The first four groups of their receipt")
            self.fields["known_as"].label = _("Do they have an account here as well, or serve here?")
            let_choose(self.fields["known_as"], [choose, no, (ACCOUNT, gettext("Yes"))])
            return
        del self.fields["in_words"]
        others = [user for user in roles.holders(SiteRole.MEMBER) if user.pk != self.actor.user.pk]
        members = people_menu(others, names_of(others))
        let_choose(self.fields["person"], members)
        let_choose(self.fields["known_as"], [choose, no, *members[1:]])

    def clean_handle(self) -> str:
        """Refuse a whole receipt, whose second half is nobody else's, and a handle that nobody has."""
        typed: str = self.cleaned_data["handle"]
        if receipts.split(typed):
            raise ValidationError(_("This is a whole receipt. Please give its first four groups alone."))
        if typed and receipts.holder(typed) is None:
            raise ValidationError(_("No receipt begins like this. Please check the four groups."))
        return typed

    def clean(self) -> dict[str, Any]:
        """Take one answer, and of somebody with a receipt which account is theirs."""
        answers = self.cleaned_data
        if self.errors:
            return answers
        person, handle = bool(answers.get("person")), bool(answers["handle"])
        known_as, in_words = answers["known_as"], bool(answers.get("in_words"))
        if person == handle:
            self.add_error("person" if "person" in self.fields else "handle", _("Please say who it is, in one way."))
        elif handle != bool(known_as):
            self.add_error("known_as", _("Please answer this for somebody with a receipt, and for nobody else."))
        elif (known_as == ACCOUNT) != in_words:
            self.add_error("in_words", _("Please give a name for somebody with an account, and for nobody else."))
        return answers

    def chosen(self) -> User:
        """Return the person chosen."""
        typed = self.cleaned_data["handle"]
        return receipts.holder(typed) or User.objects.get(handle=self.cleaned_data["person"])

    def account(self) -> User | None:
        """Return the account that somebody with a receipt has all the same, where it was chosen from a list."""
        return User.objects.filter(handle=self.cleaned_data["known_as"]).first()
