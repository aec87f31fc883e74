from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from grievances.models.case import Case


class Clock(models.Model):
    """A due date. It tells people that something is late; it never moves a case by itself."""

    class Kind(models.TextChoices):
        ACKNOWLEDGE = "acknowledge", _("The reporter is told that the concern arrived")
        DISTINGUISH = "distinguish", _("Political and interpersonal are distinguished")
        ANSWER = "answer", _("The person named answers")
        MEDIATE = "mediate", _("The first session of mediation")
        RESOLVE = "resolve", _("The concern is resolved")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="clocks")
    kind = models.CharField(max_length=12, choices=Kind)
    due_on = models.DateField()
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("case", "kind"), condition=Q(stopped_at__isnull=True), name="clock_runs_once"
            ),
        )
        ordering = ("due_on",)

    def __str__(self) -> str:
        return f"{self.kind} due {self.due_on}"
