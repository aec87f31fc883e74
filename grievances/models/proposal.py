from __future__ import annotations

from django.conf import settings
from django.db import models

from grievances.models.case import Case, new_token
from grievances.models.entry import Entry
from grievances.workflow import Step


class Proposal(models.Model):
    """
    The first half of a step that takes two mediators.

    It holds for one version of the case and one set of consents (`basis`), for seven days; anything that
    changes either voids it. `choices` are the closed answers only: words wait sealed in the mediators' room.
    """

    token = models.CharField(max_length=26, unique=True, default=new_token)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="proposals")
    step = models.CharField(max_length=3, choices=Step)
    case_version = models.PositiveIntegerField()
    basis = models.CharField(max_length=64)
    choices = models.JSONField(default=dict)
    words = models.ForeignKey(Entry, null=True, on_delete=models.SET_NULL, related_name="+")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    lapses_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.case}: {self.step}"
