from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from caracol.accounts import invitations, roles
from caracol.accounts.contacts import names_of
from caracol.accounts.models import SiteRole, User
from grievances.facts import Facts
from grievances.forms.fields import WordsField
from grievances.forms.people import people_menu
from grievances.forms.step import DayField, VersionField, let_choose
from grievances.models import AmendsItem, Purpose
from grievances.presenters import People
from grievances.roles import SERVING, SIDES, Part

MOST_LINES = 20
EMPTY_LINES = 3
# Stands for somebody without an account where a handle stands for a member; no handle has a dash.
GUEST = "no-account"


class PaperForm(forms.Form):
    """A text to be laid before people; `version` is that of the text its writer saw, 0 for none."""

    version = VersionField()
    text = WordsField(label=_("The text"), rows=12)

    def __init__(self, data: Mapping[str, Any] | None = None, *, facts: Facts, initial: Mapping[str, Any]) -> None:
        super().__init__(data, initial={**initial})
        self.facts = facts
        self.prepare()

    def prepare(self) -> None:
        """Fill in the choices that depend on the case."""

    def person(self) -> User | None:
        """Return whom the text would bring into the case."""
        return None

    def part(self) -> Part | None:
        """Return as what it would bring them in."""
        return None

    def account_of_guest(self) -> User | None:
        """Return the account that somebody brought in without one has all the same."""
        return None


class NamedMemberField(forms.CharField):
    """A member by their name in full, for whoever is shown no list of members; its value is their handle."""

    def __init__(self, menu: list[tuple[str, str]], **more: Any) -> None:
        help_text = _("The name in full, as the Caucus has it. Left empty, it is somebody without an account.")
        super().__init__(required=False, max_length=200, help_text=help_text, **more)
        self.menu = menu

    def clean(self, value: object) -> str:
        """Return the handle of the one member of this name, or what stands for nobody."""
        typed: str = super().clean(value)
        if typed == self.empty_value:
            return typed
        found = [handle for handle, name in self.menu if handle and _plain(name) == _plain(typed)]
        if len(found) != 1:
            raise ValidationError(_("No member has this name, or more than one has. Please check how it is written."))
        return found[0]


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


class PersonForm(PaperForm):
    """A text that brings somebody into the case: a member, or somebody without an account, who is given a link."""

    # The field that asks for the person.
    who = ""
    known_as = forms.ChoiceField(
        label=_("If it is somebody without an account: do they have one all the same, or serve here?"),
        help_text=_("Please ask them before you answer. Neither they nor that account can serve in this case then."),
        required=False,
    )

    def prepare(self) -> None:
        # Who keeps their name back stands in the menu like anybody else: a gap in it would tell who they are.
        unknown = {Part.REPORTER} if self.facts.kept_back else frozenset()
        known = [seat for seat in self.facts.seats if not seat.parts & unknown]
        out = {seat.user_id for seat in known if seat.parts & (SERVING | SIDES)}
        if self.facts.user and self.facts.user.is_guest:
            self._ask_by_name(out)
            return
        choose, *members = _members_but(out)
        anybody = _members_but(set())[1:]
        let_choose(self.fields[self.who], [choose, (GUEST, gettext("Somebody without an account")), *members])
        let_choose(self.fields["known_as"], [choose, (GUEST, gettext("No")), *anybody])

    def _ask_by_name(self, out: set[int]) -> None:
        """Let a mediator from outside, who is shown no list of members, type a member's name."""
        asked, known_as = self.fields[self.who], self.fields["known_as"]
        self.fields[self.who] = NamedMemberField(_members_but(out), label=asked.label, empty_value=GUEST)
        self.fields["known_as"] = NamedMemberField(_members_but(set()), label=known_as.label, empty_value="")

    def clean(self) -> dict[str, Any]:
        """Ask of somebody without an account, and of nobody else, which account is theirs."""
        answers = self.cleaned_data
        if isinstance(self.fields["known_as"], NamedMemberField) and answers.get(self.who) == GUEST:
            answers["known_as"] = answers.get("known_as") or GUEST
        if not self.errors and (answers[self.who] == GUEST) != bool(answers["known_as"]):
            self.add_error("known_as", _("Please answer this for somebody without an account, and for nobody else."))
        return answers

    def person(self) -> User:
        """Return the member chosen, or a new guest, not saved, made here at the cost of one Argon2."""
        handle = self.cleaned_data[self.who]
        return invitations.new_guest() if handle == GUEST else User.objects.get(handle=handle)

    def account_of_guest(self) -> User | None:
        return User.objects.filter(handle=self.cleaned_data["known_as"]).first()


class AccountForm(PersonForm):
    """What the person named is told: in whose words, and who it is."""

    who = "person_told"
    person_told = forms.ChoiceField(label=_("Who is the person named?"))
    field_order = ("version", "person_told", "known_as", "text")

    def part(self) -> Part:
        return Part.RESPONDENT


class InvitationForm(PersonForm):
    """An invitation: to whom, and as what."""

    who = "person_invited"
    person_invited = forms.ChoiceField(label=_("Who is invited?"))
    invited_as = forms.ChoiceField(label=_("As what?"), widget=forms.RadioSelect)
    field_order = ("version", "person_invited", "known_as", "invited_as", "text")

    def prepare(self) -> None:
        super().prepare()
        parts = [Part.WITNESS] if self.facts.invited_as_harmed else [Part.HARMED, Part.WITNESS]
        let_choose(self.fields["invited_as"], [(part.value, str(part.label)) for part in parts])

    def part(self) -> Part:
        return Part(self.cleaned_data["invited_as"])


def _members_but(out: set[int]) -> list[tuple[str, str]]:
    members = [user for user in roles.holders(SiteRole.MEMBER) if user.pk not in out]
    return people_menu(members, names_of(members))


# The form of a first version; later ones keep their person, so that they ask for the text alone.
FIRST: dict[Purpose, type[PaperForm]] = {
    Purpose.ACCOUNT: AccountForm,
    Purpose.INVITATION: InvitationForm,
    Purpose.AGENDA: PaperForm,
    Purpose.AGREEMENT: PaperForm,
}


class PromiseForm(forms.Form):
    """One line of amends: what is promised, by whom, until when."""

    words = WordsField(label=_("What is promised?"), rows=2)
    facet = forms.ChoiceField(
        label=_("What kind of amends is it?"), choices=[("", _("Please choose")), *AmendsItem.Facet.choices]
    )
    owner = forms.ChoiceField(label=_("Who promises it?"))
    due_on = DayField(label=_("Until which day?"))

    def __init__(self, *args: Any, facts: Facts, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = People(facts)
        sides = [(seat.token, capfirst(people.called(seat))) for seat in facts.with_part(*SIDES)]
        let_choose(self.fields["owner"], [("", gettext("Please choose")), *sides])

    def clean_due_on(self) -> object:
        if self.cleaned_data["due_on"] < timezone.localdate():
            raise ValidationError(_("This day is over."))
        return self.cleaned_data["due_on"]


class Promises(BaseFormSet):  # type: ignore[type-arg]  # generic in the stubs alone
    """The dated amends of an agreement; empty lines do not count."""

    def initial_form_count(self) -> int:
        """Every line may be emptied, those that stood in an earlier version too."""
        return 0

    def clean(self) -> None:
        if any(self.errors):
            return
        if not self.filled():
            raise ValidationError(_("An agreement needs at least one line of amends, with its date."))

    def filled(self) -> list[dict[str, str]]:
        """Return the lines that say something, as an agreement keeps them."""
        return [
            {**line, "due_on": line["due_on"].isoformat()}
            for line in (form.cleaned_data for form in self.forms)
            if line
        ]

    def as_words(self) -> dict[str, str]:
        """Return the field under which an agreement keeps them."""
        return {"amends": json.dumps(self.filled())}


def promises_form(data: Mapping[str, Any] | None, *, facts: Facts, words: Mapping[str, str]) -> Promises:
    """Return the lines of amends: as sent, else as they stand in `words`, with empty ones to fill in."""
    lines = json.loads(words.get("amends", "[]"))
    extra = len(lines) + EMPTY_LINES
    made = formset_factory(PromiseForm, formset=Promises, extra=extra, max_num=MOST_LINES, validate_max=True)
    return cast("Promises", made(data, prefix="amends", initial=lines, form_kwargs={"facts": facts}))
