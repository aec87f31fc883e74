from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from grievances.events import STEP_EVENTS, Event
from grievances.models.case import Case
from grievances.models.conversation import Conversation
from grievances.workflow import Step


class Notice(models.Model):
    """
    What a person is told inside the app: that something happened, never what was written.

    It is about a step, or about an `event` that is none; in a case, or about a private talk of the reader's own. It is
    also the outbox of letters: `letter` is the token of the one letter that tells of it, and empty until there is one.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, null=True, on_delete=models.CASCADE, related_name="notices")
    conversation = models.ForeignKey(Conversation, null=True, on_delete=models.CASCADE, related_name="notices")
    step = models.CharField(max_length=3, choices=Step, blank=True)
    event = models.CharField(max_length=60, blank=True)
    told_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    letter = models.CharField(max_length=32, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=("user", "read_at", "-id"), name="notice_newest"),
            models.Index(fields=("user",), condition=Q(letter="", read_at=None), name="notice_untold"),
        )
        constraints = (
            models.CheckConstraint(
                name="notice_of_a_case_or_a_talk",
                condition=Q(case__isnull=False, conversation__isnull=True)
                | Q(case__isnull=True, conversation__isnull=False),
            ),
            models.CheckConstraint(
                name="notice_of_a_step_or_an_event", condition=(Q(step="") & ~Q(event="")) | (~Q(step="") & Q(event=""))
            ),
        )

    def __str__(self) -> str:
        return self.about.value

    @property
    def about(self) -> Event:
        """What happened, as the table of events has it."""
        return Event(self.event) if self.event else STEP_EVENTS[Step(self.step)]
