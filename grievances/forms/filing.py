from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from conduct.citing import only_disagreement
from grievances.actions import evidence
from grievances.actions.intake import draft_of
from grievances.actions.people import who_could_take_in
from grievances.forms.concern import in_force, missing
from grievances.forms.step import StepForm, VersionField
from grievances.presenters import People, Said, said
from grievances.rooms import RoomKind
from grievances.sealing import newest, read, read_one


class FileForm(StepForm):
    """
    Handing a concern over: `draft_words` are the answers to be checked before, `handed_in` the files that go with them.

    Refused while an answer is missing, and where the draft was saved anew since its writer checked it.
    """

    draft_version = VersionField()
    draft_words: Mapping[str, str]

    beside = "grievances/_only_disagreement.html"

    def prepare(self) -> None:
        """Open the draft as it was saved last, and see whether anybody could take it in."""
        self.nobody_takes_it_in = not who_could_take_in(self.facts.case)
        draft = draft_of(self.facts.case)
        self.draft_words = read_one(draft, by=self.actor) if draft else {}
        self.saved = draft.version if draft else 0
        self.initial["draft_version"] = self.saved
        self.handed_in = self._handed_in()

    def _handed_in(self) -> list[Said]:
        """Return the files that go with the concern, as their names and kinds read."""
        draft = self.facts.case.rooms.filter(kind=RoomKind.DRAFT, destroyed_at=None).select_related("case").first()
        lying = read(newest(evidence.entries_in(draft)), by=self.actor) if draft else []
        people = People(self.facts)
        return [said(opened, people) for opened in lying]

    def clean(self) -> dict[str, Any]:
        """Let only what was checked, and is complete, be filed."""
        if self.cleaned_data.get("draft_version") != self.saved:
            self._show_anew()
            raise ValidationError(_("The draft was saved in another window. Please check it as it is now."))
        if lacks := missing(self.draft_words):
            raise ValidationError([str(message) for message in lacks.values()])
        return self.cleaned_data

    @property
    def only_disagreement(self) -> bool:
        """Whether all that is cited is about goals (article 6), which is never a violation."""
        addresses = set(self.draft_words.get("clauses", "").split())
        return only_disagreement(clause for clause in in_force(timezone.localdate()) if clause.address in addresses)

    def choices(self) -> dict[str, object]:
        """Return no answers: the draft holds them all."""
        return {}

    def _show_anew(self) -> None:
        seen = QueryDict(mutable=True)
        seen.update(self.data)
        seen["draft_version"] = str(self.saved)
        self.data = seen
