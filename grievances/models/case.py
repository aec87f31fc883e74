from __future__ import annotations

import base64
import secrets

from django.db import models
from django.db.models import Q

from grievances.models.outcomes import Actioned, ExceptionReason, Heard, Nature, OneOnOne, Outcome, Route, Wish
from grievances.workflow import Stage

# The 32 digits of base32, in letters and numbers that nobody mistakes for another.
_DIGITS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "abcdefghijkmnpqrstuvwxyz23456789")


def new_token() -> str:
    """Return a random name for a thing that the outside never sees: 26 characters, 130 bits."""
    return base64.b32encode(secrets.token_bytes(20))[:26].decode().translate(_DIGITS)


class Case(models.Model):
    """
    One concern on its way. Plain metadata only: every word lives sealed in a room.

    `reference` is the codename by which people speak of the case; `token` names its ledger chain.
    `version` counts the steps taken, so that nobody acts on what somebody else has changed meanwhile.
    """

    reference = models.CharField(max_length=60, unique=True)
    token = models.CharField(max_length=26, unique=True, default=new_token)
    version = models.PositiveIntegerField(default=1)
    stage = models.CharField(max_length=12, choices=Stage, default=Stage.DRAFT)

    route = models.CharField(max_length=8, choices=Route)
    wish = models.CharField(max_length=8, choices=Wish, blank=True)
    nature = models.CharField(max_length=16, choices=Nature, blank=True)
    one_on_one = models.CharField(max_length=16, choices=OneOnOne, blank=True)
    actioned_how = models.CharField(max_length=16, choices=Actioned, blank=True)
    exception_reason = models.CharField(max_length=20, choices=ExceptionReason, blank=True)
    harmed_heard = models.CharField(max_length=6, choices=Heard, blank=True)
    outcome = models.CharField(max_length=16, choices=Outcome, blank=True)
    split = models.BooleanField(default=False)
    conflicts_answered = models.BooleanField(default=False)
    one_mediator_agreed = models.BooleanField(default=False)
    recovery = models.BooleanField(default=True)
    # Whether its first closing has been counted: a matter counts once, whatever happens to it afterwards.
    counted = models.BooleanField(default=False)
    # What stays late is told to somebody on intake duty, too.
    late_to_intake = models.BooleanField(default=False)

    begun_on = models.DateField()
    filed_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    moved_at = models.DateTimeField()
    asked_to_go_on_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    # Of a closed case the day on which it is destroyed.
    expunge_on = models.DateField(null=True, db_index=True)

    class Meta:
        permissions = (
            ("serve_case", "Can serve in the case"),
            ("take_part_in_case", "Can take part in the case"),
        )
        constraints = (
            models.CheckConstraint(
                name="case_national_needs_actioned_or_exception",
                condition=~Q(stage=Stage.NATIONAL) | ~Q(actioned_how="") | ~Q(exception_reason=""),
                violation_error_message="National referral opens once Caucus mediation has been actioned, Code 4.2.",
            ),
            models.CheckConstraint(
                name="case_closed_means_outcome",
                condition=(Q(stage=Stage.CLOSED) & ~Q(outcome="") & Q(closed_at__isnull=False))
                | (~Q(stage=Stage.CLOSED) & Q(outcome="") & Q(closed_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="case_filed_unless_draft", condition=Q(stage=Stage.DRAFT) | Q(filed_at__isnull=False)
            ),
            models.CheckConstraint(name="case_stage_known", condition=Q(stage__in=Stage.values)),
            models.CheckConstraint(name="case_actioned_known", condition=Q(actioned_how__in=["", *Actioned.values])),
            models.CheckConstraint(
                name="case_exception_known", condition=Q(exception_reason__in=["", *ExceptionReason.values])
            ),
            models.CheckConstraint(name="case_outcome_known", condition=Q(outcome__in=["", *Outcome.values])),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def chain(self) -> str:
        """The name of the case's chain in the ledger."""
        return f"case/{self.token}"

    @property
    def is_open(self) -> bool:
        """Whether the case is between filing and closing."""
        return self.stage not in {Stage.DRAFT, Stage.CLOSED}
