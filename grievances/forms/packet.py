"""Putting the packet for National together: every box off, passages taken out by hand, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from grievances.actions.packet import NOT_A_REDACTION, WRITTEN
from grievances.actions.waits import Answers
from grievances.forms.fields import WordsField
from grievances.forms.step import VersionField
from grievances.forms.waits import SealedWaitsForm
from grievances.packet import crypt, policy
from grievances.packet.contents import Item, is_redaction


@dataclass(frozen=True)
class Row:
    """One thing on offer: its box, and its text where passages can be taken out of it."""

    item: Item
    take: BoundField
    text: BoundField | None
    proposed: bool


class PacketForm(forms.Form):
    """
    What goes into the packet. `offered` are the things that can; `stands` their texts in an earlier version, by key.

    Boxes start as off whatever stood before: each version is chosen anew.
    """

    version = VersionField()
    filer = WordsField(
        label=_("How is the member who files called there?"),
        help_text=_("A name, another name, or only “the reporter”. They agree to it before it leaves."),
        rows=2,
    )
    why_now = WordsField(label=_("Why does it go to National now?"), rows=3)
    measures = WordsField(label=_("What is asked for, so that everybody is safe?"), rows=2, required=False)
    ground = WordsField(
        label=_("Is it about a protected ground, like race, gender or disability? Which one?"), rows=2, required=False
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        offered: Sequence[Item],
        stands: Mapping[str, str],
        proposed: frozenset[str] = frozenset(),
        version: int = 0,
    ) -> None:
        written = {name: stands[name] for name in WRITTEN if name in stands}
        super().__init__(data, initial={"version": version, **written})
        self.offered, self.proposed = offered, proposed
        for item in offered:
            self.fields[f"take-{item.key}"] = forms.BooleanField(label=item.title, required=False)
            if not item.fixed:
                field = WordsField(label=_("What leaves of it"), rows=4, required=False)
                field.initial = stands.get(item.key, item.text)
                self.fields[f"text-{item.key}"] = field

    def rows(self) -> list[Row]:
        """Return what is on offer, with its fields."""
        return [
            Row(
                item,
                self[f"take-{item.key}"],
                None if item.fixed else self[f"text-{item.key}"],
                item.key in self.proposed,
            )
            for item in self.offered
        ]

    def written_fields(self) -> list[BoundField]:
        """Return the fields beside what is on offer."""
        return [self[name] for name in WRITTEN]

    def clean(self) -> dict[str, Any]:
        """Refuse a text that says more than its original, beside it; and an empty choice."""
        for item in self.offered:
            name = f"text-{item.key}"
            if item.key in self._taken() and not item.fixed and not is_redaction(self._text(item), item.text):
                self.add_error(name, NOT_A_REDACTION)
        if not self.errors and not self._taken():
            raise ValidationError(_("Nothing is ticked, so there is nothing to lay before anybody."))
        return self.cleaned_data

    def chosen(self) -> dict[str, str]:
        """Return the text of each thing that was ticked, by key."""
        return {item.key: self._text(item) for item in self.offered if item.key in self._taken()}

    def written(self) -> dict[str, str]:
        """Return what was written beside them."""
        return {name: self.cleaned_data[name] for name in WRITTEN}

    def _taken(self) -> set[str]:
        return {item.key for item in self.offered if self.cleaned_data.get(f"take-{item.key}")}

    def _text(self, item: Item) -> str:
        return item.text if item.fixed else str(self.cleaned_data.get(f"text-{item.key}", ""))


class GiveOutForm(SealedWaitsForm):
    """WAITS for a packet, with how it is locked on its way."""

    age = WordsField(
        label=_("Lock it for somebody: their age recipient"),
        help_text=_("It begins with “age1”. Left empty, the PDF can be read by anybody who gets hold of it."),
        rows=2,
        required=False,
    )

    def prepare(self) -> None:
        """Offer the recipient that the policy names, where it names one."""
        self.fields["age"].initial = policy.current().age

    def answers(self) -> Answers:
        """Return what was answered, with the recipient."""
        return replace(super().answers(), more={"age": self.cleaned_data["age"]})

    def clean_age(self) -> str:
        """Refuse a broken recipient, before anything is made."""
        typed = str(self.cleaned_data["age"])
        if typed and not crypt.is_recipient(typed):
            raise ValidationError(_("This is no age recipient, or it was not copied whole."))
        return typed
