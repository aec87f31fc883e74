"""Forms of a concern being raised: by which door, who must not serve, and the draft itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.forms.boundfield import BoundWidget
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from caracol.accounts import passphrase
from conduct.citing import clauses_in_force, said
from conduct.models import Clause, Version
from grievances.forms.fields import WordsField
from grievances.forms.step import VersionField
from grievances.models import Route, Wish

# What was sent is never said back in a message: it may hold what a page can't show.
ONE_OF_THESE = {"required": _("Please choose one."), "invalid_choice": _("Please choose one of these.")}


class RouteForm(forms.Form):
    """By which of the four doors somebody comes."""

    route = forms.ChoiceField(
        label=_("What brings you here?"), choices=Route.choices, widget=forms.RadioSelect, error_messages=ONE_OF_THESE
    )


class ConflictsForm(forms.Form):
    """Who must not serve: some of the people on the list, or a plain "nobody"."""

    people = forms.MultipleChoiceField(
        label=_("Who must not serve?"),
        help_text=_("They will not learn of this concern. You need not say why."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("The list has changed. Please look at it again.")},
    )
    nobody = forms.BooleanField(label=_("Nobody on this list"), required=False)

    def __init__(self, *args: Any, servers: Mapping[str, str], **kwargs: Any) -> None:
        """Ask about `servers`: the name each serves by, by handle."""
        super().__init__(*args, **kwargs)
        field = self.fields["people"]
        if servers and isinstance(field, forms.MultipleChoiceField):
            field.choices = list(servers.items())
        else:
            del self.fields["people"]

    def clean(self) -> dict[str, Any]:
        """Take one answer: some people, or nobody."""
        answers = self.cleaned_data
        if bool(answers.get("people")) == answers["nobody"] and "people" not in self.errors:
            raise ValidationError(_("Please tick who must not serve, or tick “Nobody on this list”. One of the two."))
        return answers


class BarredForm(forms.Form):
    """Who must not serve, in words, where no list is shown; or a plain "nobody"."""

    text = WordsField(
        label=_("Who must not serve?"),
        help_text=_("Whoever takes your concern in reads this, and nobody is told why."),
        required=False,
        rows=3,
    )
    nobody = forms.BooleanField(label=_("Nobody"), required=False)

    def clean(self) -> dict[str, Any]:
        """Take one answer: some words, or nobody."""
        answers = self.cleaned_data
        if "text" not in self.errors and bool(answers["text"].strip()) == answers["nobody"]:
            raise ValidationError(_("Please write who must not serve, or tick “Nobody”. One of the two."))
        return answers


class PassphraseForm(forms.Form):
    """The words by which the Caucus knows its own."""

    prefix = "caucus"

    words = forms.CharField(
        label=_("The caucus passphrase"),
        max_length=passphrase.LONGEST,
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def clean_words(self) -> str:
        typed: str = self.cleaned_data["words"]
        if not passphrase.fits(typed):
            raise ValidationError(_("That is not the passphrase."))
        return typed


class Danger(TextChoices):
    """Whether somebody is in danger now."""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    UNSURE = "unsure", _("I am not sure")


class Reach(TextChoices):
    """Whether the reporter may be reached outside this app."""

    HERE = "here", _("Only in here, when I come by")
    ALSO = "also", _("Also in the way I describe")


class Article(NamedTuple):
    """An article of the Code as it is offered for citing: its own words, and a checkbox for it and each clause."""

    text: str
    boxes: list[BoundWidget]
    is_open: bool


class DraftForm(forms.Form):
    """
    A concern as it is written: every field may be empty until it is to be filed.

    `missing` says what is. `words` are what is sealed: a text for each field, also for the closed answers.
    """

    version = VersionField()
    saw = WordsField(label=_("What I saw or heard"), required=False, rows=8)
    effect = WordsField(label=_("The effect on me"), required=False)
    need = WordsField(label=_("What I need"), required=False)
    danger = forms.ChoiceField(
        label=_("Is anyone in danger?"),
        help_text=_("If so, call your local emergency number first. Nobody here watches this page around the clock."),
        choices=Danger.choices,
        required=False,
        widget=forms.RadioSelect,
        error_messages=ONE_OF_THESE,
    )
    wish = forms.ChoiceField(
        label=_("What would you like?"),
        help_text=_("You can change your mind at any time."),
        choices=Wish.choices,
        required=False,
        widget=forms.RadioSelect,
        error_messages=ONE_OF_THESE,
    )
    named = WordsField(
        label=_("The people this is about"),
        help_text=_(
            "Names, as you would say them. Whoever is asked to serve reads this first, so that nobody "
            "decides about a friend."
        ),
        required=False,
        rows=3,
    )
    clauses = forms.MultipleChoiceField(
        label=_("Clauses of the Code you want to cite"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("The Code has changed. Please look at the list again.")},
    )
    keep_back = forms.BooleanField(
        label=_("Keep my name back"),
        help_text=_("Whoever is asked to serve sees that you kept it back. A mediator learns it only from you."),
        required=False,
    )
    one_mediator = forms.BooleanField(
        label=_("One mediator is fine if two can't be found"),
        help_text=_("As a rule two serve together."),
        required=False,
    )

    reach = forms.ChoiceField(
        label=_("How may those who serve reach you?"),
        help_text=_("Nobody calls or writes to you in a way that you have not named as safe. None is an answer."),
        choices=Reach.choices,
        required=False,
        widget=forms.RadioSelect,
        error_messages=ONE_OF_THESE,
    )
    reach_how = WordsField(
        label=_("What is safe, and what is not"),
        help_text=_(
            "Which way and at what times, what name to use, whether a voicemail is safe, who else sees the device. "
            "This can change: write a message when it does."
        ),
        required=False,
        rows=3,
    )
    tell_intake = forms.BooleanField(
        label=_("If something stays late, tell somebody on intake duty too"),
        help_text=_(
            "You and your mediators are told of every date that passed. If as much time again goes by, one person on "
            "intake duty, whom you have not named, is told that it is late and who mediates; not what it is about."
        ),
        required=False,
    )
    leave_recovery_out = forms.BooleanField(
        label=_("Leave the emergency key out"),
        help_text=_(
            "If everybody who serves is lost, several steering members together can hand the case to other mediators, "
            "without reading it. Tick this and nobody can, ever."
        ),
        required=False,
    )

    def __init__(self, *args: Any, on: dt.date, **kwargs: Any) -> None:
        """Offer the clauses in force on the day `on`."""
        super().__init__(*args, **kwargs)
        self.in_force = in_force(on)
        field = self.fields["clauses"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(clause.address, f"{clause.address} {said(clause)}") for clause in self.in_force]
        for name in ("saw", "effect", "need", "named", "reach_how"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    @staticmethod
    def initial_of(words: Mapping[str, str], version: int) -> dict[str, object]:
        """Return the form's initial answers for words that were sealed as `version`."""
        return {**words, "clauses": words.get("clauses", "").split(), "version": version}

    def words(self) -> dict[str, str]:
        """Return what is to be sealed: the answer to each field that is asked here."""
        return {name: _as_text(said) for name, said in self.cleaned_data.items() if name != "version"}

    def require_answers(self) -> bool:
        """Put a message beside each answer that filing needs and that is not there; return whether all are."""
        for name, message in missing(self.words()).items():
            self.add_error(name, str(message))
        return not self.errors

    def show_as(self, version: int) -> None:
        """Let the page carry `version`, so that sending it once more follows what is saved now."""
        seen = QueryDict(mutable=True)
        seen.update(self.data)
        seen["version"] = str(version)
        self.data = seen

    def articles(self) -> list[Article]:
        """Return the clauses as they are offered, article by article; open where one is ticked or wrong."""
        texts = {clause.article: said(clause) for clause in self.in_force if clause.number == 0}
        ticked = self["clauses"].value() or []
        return [
            Article(texts.get(number, ""), boxes, any(str(box.data["value"]) in ticked for box in boxes))
            for number, boxes in _by_article(self["clauses"].subwidgets)
        ]

    def differences(self, saved: Mapping[str, str]) -> list[tuple[str, str]]:
        """Return each answer of `saved` that differs from what was typed here: its label, and how it reads."""
        typed = self.words()
        return [
            (str(self.fields[name].label), self._read(name, saved.get(name, "")))
            for name in typed
            if typed[name] != saved.get(name, "")
        ]

    def _read(self, name: str, said: str) -> str:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.MultipleChoiceField):
            return str(dict(field.choices).get(said, ""))  # type: ignore[arg-type]  # pairs, as given above
        return gettext("ticked") if isinstance(field, forms.BooleanField) and said else said


def _as_text(said: object) -> str:
    if isinstance(said, list):
        return " ".join(said)
    return ("yes" if said else "") if isinstance(said, bool) else str(said)


def missing(words: Mapping[str, str]) -> dict[str, Promise]:
    """Return what a draft still needs before it can be filed: a message by the field it is about."""
    lacks: dict[str, Promise] = {}
    if not any(words.get(name, "").strip() for name in ("saw", "effect", "need")):
        lacks["saw"] = _(
            "Please say a little about what happened, here or in one of the next two. A few words will do."
        )
    if words.get("danger") not in Danger.values:
        lacks["danger"] = _("Please choose one. “I am not sure” is an answer.")
    if words.get("wish") not in Wish.values:
        lacks["wish"] = _("Please choose one. “I am not sure” is an answer.")
    return lacks


def in_force(on: dt.date) -> list[Clause]:
    """Return what can be cited on the day `on`; nothing before there is a Code."""
    try:
        return list(clauses_in_force(on))
    except Version.DoesNotExist:
        return []


def _by_article(boxes: Iterable[BoundWidget]) -> list[tuple[int, list[BoundWidget]]]:
    grouped = groupby(boxes, key=lambda box: int(str(box.data["value"]).split(".")[0]))
    return [(number, list(those)) for number, those in grouped]
