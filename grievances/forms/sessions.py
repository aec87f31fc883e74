from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from grievances.actions.sessions import Plan, may_be_invited
from grievances.facts import Facts
from grievances.forms.fields import WordsField
from grievances.forms.moments import InOwnZone, MomentField
from grievances.forms.step import VersionField, let_choose
from grievances.models import Invited, MediationSession, Space
from grievances.presenters import People


def _check_ahead(at: dt.datetime | None) -> dt.datetime | None:
    if at and at <= timezone.now():
        raise ValidationError(_("This time has passed."))
    return at


class _WhenAndWhere(InOwnZone, forms.Form):
    """When a session is, by which means, and where."""

    meets_at = MomentField(label=_("When?"))
    channel = forms.ChoiceField(label=_("How do you meet?"), choices=Space.Channel.choices, widget=forms.RadioSelect)
    place = WordsField(
        label=_("Where, or how to join"),
        help_text=_("Sealed: those invited and the mediators read it, each in that person's own room."),
        required=False,
        rows=2,
    )

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone

    def clean_meets_at(self) -> object:
        return _check_ahead(self.cleaned_data["meets_at"])

    def plan(self) -> Plan:
        """Return what was given, as the deed takes it."""
        given = self.cleaned_data
        return Plan(Space.Channel(given["channel"]), given["meets_at"], given["place"])


class PlanSessionForm(_WhenAndWhere):
    """A session, and whom it invites."""

    form = forms.ChoiceField(
        label=_("Who meets?"),
        help_text=_(
            "Together needs the consent of each side to sit together. Where they meet apart, plan one session for each "
            "side: neither learns when the other's is."
        ),
        choices=MediationSession.Form.choices,
        widget=forms.RadioSelect,
    )
    invited = forms.MultipleChoiceField(
        label=_("Who is invited?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please say who is invited.")},
    )
    field_order = ("form", "invited", "meets_at", "channel", "place")

    def __init__(self, *args: Any, facts: Facts, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = People(facts)
        seats = may_be_invited(facts)
        let_choose(self.fields["invited"], [(seat.token, capfirst(people.called(seat))) for seat in seats])


class ChangeSessionForm(_WhenAndWhere):
    """Another time, means or place for a session, as it was when its page was shown."""

    version = VersionField()


class SeenForm(forms.Form):
    """The version that somebody saw who asks for nothing else."""

    version = VersionField()


class AnswerSessionForm(InOwnZone, forms.Form):
    """What somebody invited says: no reason is asked."""

    version = VersionField()
    said = forms.ChoiceField(
        label=_("Your answer"),
        choices=[
            (Invited.Answer.ACCEPTED, _("I accept")),
            (Invited.Answer.DECLINED, _("I decline")),
            (Invited.Answer.OTHER, _("I propose another time")),
        ],
        widget=forms.RadioSelect,
    )
    other_at = MomentField(label=_("The time you propose"), required=False)

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone

    def clean_other_at(self) -> object:
        return _check_ahead(self.cleaned_data["other_at"])

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("said") == Invited.Answer.OTHER and not given.get("other_at") and "other_at" not in self.errors:
            self.add_error("other_at", ValidationError(_("Please give the time you propose.")))
        return given
