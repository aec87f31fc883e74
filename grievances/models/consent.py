from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from grievances.models.paper import Paper
from grievances.models.seat import Seat
from grievances.roles import Part


class Consent(models.Model):
    """
    One seat's yes to one thing: separate, dated and revocable. What each allows is said in `consents.py`.

    `wording` keeps the very words that were shown, as they stand in English; they are the app's own and name nobody. A
    yes to a paper holds for the version it names; one about a `person` holds for that person alone.
    """

    class To(models.TextChoices):
        GO_ON = "go_on", _("I am the person this is about, and I want it to go on.")
        ONE_ON_ONE = "one_on_one", _("I agree to a one-on-one talk, with support if I want it.")
        MEDIATION = "mediation", _("I agree to mediation by two mediators of the Caucus.")
        JOINT = "joint", _("I agree to a session in which both sides sit together.")
        RESOLVED = "resolved", _("I say that this is resolved for me.")
        PAPER = "paper", _("I have read this text and agree to it, word for word.")
        NAME = "name", _("This mediator may know who I am.")
        SUPPORT = "support", _("This person may stand by me.")
        READ = "read", _("This person may read what lies in my own room.")
        PACKET = "packet", _("What I wrote here may go into the packet for National.")
        ONE_MEDIATOR = "one_mediator", _("One mediator is enough for me if two can't be found.")

    seat = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="consents")
    to = models.CharField(max_length=12, choices=To)
    paper = models.ForeignKey(Paper, null=True, on_delete=models.CASCADE, related_name="consents")
    paper_version = models.PositiveIntegerField(null=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    wording = models.CharField(max_length=400)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="consent_to_a_paper_names_its_version",
                condition=(Q(to="paper", paper__isnull=False, paper_version__isnull=False))
                | (~Q(to="paper") & Q(paper__isnull=True, paper_version__isnull=True)),
            ),
            models.CheckConstraint(
                name="consent_about_a_person_names_them",
                condition=Q(to__in=("name", "support", "read"), person__isnull=False)
                | (~Q(to__in=("name", "support", "read")) & Q(person__isnull=True)),
            ),
            models.UniqueConstraint(
                fields=("seat", "to"),
                condition=Q(withdrawn_at__isnull=True, paper__isnull=True, person__isnull=True),
                name="consent_stands_once",
            ),
            models.UniqueConstraint(
                fields=("seat", "paper", "paper_version"),
                condition=Q(withdrawn_at__isnull=True, paper__isnull=False),
                name="consent_to_a_version_stands_once",
            ),
            models.UniqueConstraint(
                fields=("seat", "to", "person"),
                condition=Q(withdrawn_at__isnull=True, person__isnull=False),
                name="consent_about_a_person_stands_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.to} by {self.seat_id}"

    @property
    def ends_a_seat(self) -> bool:
        """Whether taking it back ends the part of a witness who came in by the text agreed to."""
        return bool(self.paper and self.paper.used_at and self.paper.part == Part.WITNESS)
