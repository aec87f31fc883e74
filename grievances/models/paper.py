from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from grievances.models.case import Case, new_token
from grievances.roles import Part


class Purpose(models.TextChoices):
    """What a text that waits for consent is for."""

    ACCOUNT = "account", _("what the person named is told")
    INVITATION = "invitation", _("an invitation into the case")
    AGENDA = "agenda", _("a text for a Caucus meeting")
    AGREEMENT = "agreement", _("an agreement")
    PACKET = "packet", _("a packet for National")


class Paper(models.Model):
    """
    A text laid before people for their consent, word for word.

    `token` and `version` name its current entry; consents to an earlier version do not count for a later one.
    `person` and `part` say, for an account or an invitation, whom it would bring into the case.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="papers")
    purpose = models.CharField(max_length=12, choices=Purpose)
    token = models.CharField(max_length=26, unique=True, default=new_token)
    version = models.PositiveIntegerField(default=1)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=10, choices=Part, blank=True)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="paper_names_person_and_part_together",
                condition=Q(person__isnull=True, part="") | (Q(person__isnull=False) & ~Q(part="")),
            ),
            models.UniqueConstraint(
                fields=("case", "purpose"),
                condition=Q(purpose__in=[Purpose.AGENDA, Purpose.AGREEMENT, Purpose.PACKET], used_at__isnull=True),
                name="paper_one_of_a_purpose",
            ),
        )

    def __str__(self) -> str:
        return f"{self.purpose} version {self.version}"
