"""WAITS, "Why am I sharing?" (Code 7.2): asked anew before anything leaves, never skipped and never remembered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from caracol.lists import listed
from grievances.actions.waits import Answers
from grievances.forms.fields import WordsField
from grievances.forms.step import Menu, let_choose
from grievances.models import Recipient, Thing, Why
from grievances.models.sharing import MAY_GO_TO, REASONS

_ASK_FIRST = _("Please ask yourself first; nothing hurries.")


class WaitsForm(forms.Form):
    """
    Who gets it, why, what exactly, and whether all of it is needed: closed answers, for what no room can hold.

    `things` are what can leave, by a key that says nothing and in words; each starts as left out. `whom` narrows for
    whom it may leave.
    """

    who = forms.ChoiceField(label=_("Who gets it?"), widget=forms.RadioSelect)
    why: forms.Field = forms.ChoiceField(label=_("Why am I sharing?"), widget=forms.RadioSelect)
    what = forms.MultipleChoiceField(
        label=_("What exactly is shared?"),
        help_text=_("Only what you tick leaves."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Nothing is ticked, so nothing would leave.")},
    )
    needed = forms.ChoiceField(
        label=_("Is all of it needed?"),
        choices=[("yes", _("Yes, all of it")), ("no", _("No, or I am not sure"))],
        widget=forms.RadioSelect,
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        thing: Thing,
        things: Menu,
        whom: Iterable[Recipient] | None = None,
    ) -> None:
        super().__init__(data)
        self.thing = thing
        may = MAY_GO_TO[thing] if whom is None else tuple(whom)
        let_choose(self.fields["who"], [(each.value, str(each.label)) for each in may])
        let_choose(self.fields["what"], things)
        for field in self.fields.values():
            field.error_messages.setdefault("required", _ASK_FIRST)
        self.prepare()

    def prepare(self) -> None:
        """Fill in the closed reasons."""
        let_choose(self.fields["why"], [(each.value, str(each.label)) for each in REASONS[self.thing]])

    def clean_needed(self) -> str:
        """Let nothing leave of which its sharer is not sure."""
        answer = str(self.cleaned_data["needed"])
        if answer != "yes":
            raise ValidationError(_("Then leave out what is not needed, or wait. Nothing has left."))
        return answer

    def answers(self) -> Answers:
        """Return what was answered, once the form is valid."""
        said = self.cleaned_data
        return Answers(Recipient(said["who"]), tuple(said["what"]), why=self._why(), words=self._words())

    def _why(self) -> Why | None:
        return Why(self.cleaned_data["why"])

    def _words(self) -> dict[str, str]:
        return {}


class SealedWaitsForm(WaitsForm):
    """The same, with the reason in words: for what belongs to a case, of which a room can hold them."""

    why = WordsField(label=_("Why am I sharing?"), rows=3)

    def prepare(self) -> None:
        """Leave the reason to its writer."""

    def _why(self) -> Why | None:
        return None

    def _words(self) -> dict[str, str]:
        said, what = self.cleaned_data, dict(self.fields["what"].choices)  # type: ignore[attr-defined]  # of choices
        return {
            "who": str(Recipient(said["who"]).label),
            "why": str(said["why"]),
            "what": listed([str(what[key]) for key in said["what"]]),
            "needed": gettext("Yes, all of it"),
        }
