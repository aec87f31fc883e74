from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from caracol.accounts.models import User
from grievances.facts import Facts
from grievances.forms.step import VersionField
from grievances.models import Consent, Paper


class ConsentForm(forms.Form):
    """Giving or taking back one consent: to what, for a text in which version, and about whom, by handle."""

    deed = forms.ChoiceField(choices=[("give", _("give")), ("withdraw", _("withdraw"))])
    to = forms.ChoiceField(choices=Consent.To.choices)
    paper = forms.SlugField(required=False, max_length=26)
    person = forms.SlugField(required=False, max_length=26)
    version = VersionField()

    def paper_in(self, facts: Facts) -> Paper | None:
        """Return the text of this case that is meant."""
        return next((paper for paper in facts.papers if paper.token == self.cleaned_data["paper"]), None)

    def person_in(self, facts: Facts) -> User | None:
        """Return who is meant, of those whom the reader can say this about."""
        said, serving = self.cleaned_data, [seat.user for seat in facts.mediators]
        could_be = facts.beside_me if said["to"] == Consent.To.READ else serving
        return next((user for user in could_be if user.handle == said["person"]), None)

    def means(self, consent: Consent, paper: Paper | None) -> bool:
        """Return whether this very consent is meant."""
        said = self.cleaned_data
        meant = (said["to"], paper.pk if paper else None, said["person"])
        about = (consent.to, consent.paper_id, consent.person.handle if consent.person else "")
        return about == meant and (paper is None or consent.paper_version == said["version"])
