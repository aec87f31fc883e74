from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from grievances.forms.fields import WordsField
from grievances.models import EntryKind, Room
from grievances.rooms import RoomKind


class MessageForm(forms.Form):
    """A message in a room. It carries no version: it stands beside what others write, and overwrites nothing."""

    text = WordsField(label=_("Your message"), help_text=_("Whoever holds a key to this room can read it."))
    agreed = forms.BooleanField(
        label=_("This is what we agreed, in our own words"),
        help_text=_("Who does what, and by when. It stands out among the messages."),
        required=False,
    )

    def __init__(self, *args: Any, room: Room, **kwargs: Any) -> None:
        """Ask whether it is what was agreed on the shared table, and nowhere else."""
        super().__init__(*args, **kwargs)
        if room.kind != RoomKind.TABLE:
            del self.fields["agreed"]

    def words(self) -> dict[str, str]:
        """Return what is to be sealed."""
        return {"text": self.cleaned_data["text"]}

    def kind(self) -> EntryKind:
        """Return what the message is: a message, or what was agreed."""
        return EntryKind.AGREED if self.cleaned_data.get("agreed") else EntryKind.MESSAGE
