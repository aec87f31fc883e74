from __future__ import annotations

from django.conf import settings
from django.db import models

from grievances.models.case import Case


class Conflict(models.Model):
    """
    A person who must not serve in a case, and from whom the case is hidden unless they are a party to it.

    It beats every grant. Its reason, where somebody gave one, is sealed in a room.
    """

    class Source(models.TextChoices):
        REPORTER = "reporter"
        PARTY = "party"
        RECUSED = "recused"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="conflicts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=8, choices=Source)
    since = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("case", "user"), name="conflict_once"),)

    def __str__(self) -> str:
        return f"{self.case}: {self.source}"
