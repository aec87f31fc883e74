from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from grievances.models.case import Case


class Clock(models.Model):
    """
    A due date. It tells people that something is late; it never moves a case by itself.

    Paused, it is not late; when it goes on, it is due as many days later as it paused. `told_late_at` and
    `told_again_at` say when people were told that it is late, and that as much time again has passed.
    """

    class Kind(models.TextChoices):
        ACKNOWLEDGE = "acknowledge", _("The reporter is told that the concern arrived")
        DISTINGUISH = "distinguish", _("Political and interpersonal are distinguished")
        TELL = "tell", _("The person named is told")
        ANSWER = "answer", _("The person named answers")
        MEDIATE = "mediate", _("The first session of mediation")
        RESOLVE = "resolve", _("The concern is resolved")
        CHECK_IN = "check_in", _("The amends are looked at")
        CHECK_IN_AGAIN = "check_again", _("The amends are looked at once more")
        FOLLOW_UP = "follow_up", _("Those concerned are asked how it is now")
        NATIONAL = "national", _("National answers")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="clocks")
    kind = models.CharField(max_length=12, choices=Kind)
    due_on = models.DateField()
    stopped_at = models.DateTimeField(null=True)
    paused_on = models.DateField(null=True)
    told_late_at = models.DateTimeField(null=True)
    told_again_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("case", "kind"), condition=Q(stopped_at__isnull=True), name="clock_runs_once"
            ),
        )
        indexes = (models.Index(fields=("due_on",), condition=Q(stopped_at=None), name="clock_runs_until"),)
        ordering = ("due_on",)

    def __str__(self) -> str:
        return f"{self.kind} due {self.due_on}"

    @property
    def number(self) -> int:
        """Which kind it is, as its address says it: nothing to somebody who reads a browser's history."""
        return list(Clock.Kind).index(Clock.Kind(self.kind)) + 1
