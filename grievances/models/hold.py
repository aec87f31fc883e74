from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from grievances.models.case import Case, new_token
from grievances.models.entry import Entry


class Hold(models.Model):
    """
    That a closed case is not destroyed for now: proposed by one person, confirmed by another, until a day.

    Its reason lies sealed in `words`. Not confirmed, or past its day, or ended, it holds nothing.
    """

    class Because(models.TextChoices):
        APPEAL = "appeal", _("an appeal is under way, or to be expected")
        NATIONAL = "national", _("a matter at National is not over")
        SAFETY = "safety", _("the safety of somebody needs it")

    token = models.CharField(max_length=26, unique=True, default=new_token)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="holds")
    words = models.ForeignKey(Entry, null=True, on_delete=models.SET_NULL, related_name="+")
    because = models.CharField(max_length=8, choices=Because)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    review_on = models.DateField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("case",), condition=Q(ended_at=None), name="hold_one_at_a_time"),
            models.CheckConstraint(
                name="hold_takes_two", condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("proposed_by"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.case}: {self.because}"
