from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from grievances.models.case import Case, new_token
from grievances.models.seat import Seat
from grievances.models.session import MediationSession
from grievances.models.space import Space


class PlannedSession(models.Model):
    """
    A session of mediation that is planned: when, and by which means. Each side that meets apart has one of its own.

    Where it is held lies sealed in the own room of everybody invited, as the entry that `place` names. `version`
    counts its changes; it has `ended_at` once it was called off, or `held`.
    """

    token = models.CharField(max_length=26, unique=True, default=new_token)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="planned_sessions")
    form = models.CharField(max_length=8, choices=MediationSession.Form)
    channel = models.CharField(max_length=10, choices=Space.Channel)
    meets_at = models.DateTimeField()
    place = models.CharField(max_length=26, blank=True)
    version = models.PositiveIntegerField(default=1)
    ended_at = models.DateTimeField(null=True)
    held = models.ForeignKey(MediationSession, null=True, on_delete=models.SET_NULL, related_name="planned")

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="planned_session_held_has_ended", condition=Q(held__isnull=True) | Q(ended_at__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"{self.form} at {self.meets_at}"

    @property
    def standing(self) -> list[Invited]:
        """Return the invitations of those who are seated still, as they were prefetched."""
        return [each for each in self.invited.all() if each.seat.left_at is None]

    @property
    def settled(self) -> bool:
        """Whether everybody who is invited accepted."""
        return all(each.answer == Invited.Answer.ACCEPTED for each in self.standing)


class Invited(models.Model):
    """One person's invitation to a planned session, and their answer. No answer is an answer that stays open."""

    class Answer(models.TextChoices):
        OPEN = "", _("no answer yet")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        OTHER = "other", _("another time proposed")

    session = models.ForeignKey(PlannedSession, on_delete=models.CASCADE, related_name="invited")
    seat = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="+")
    answer = models.CharField(max_length=8, choices=Answer, blank=True)
    other_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("session", "seat"), name="invited_once_to_a_session"),
            models.CheckConstraint(
                name="invited_another_time_is_given",
                condition=Q(answer="other", other_at__isnull=False) | (~Q(answer="other") & Q(other_at__isnull=True)),
            ),
        )
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.get_answer_display()
