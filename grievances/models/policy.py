from __future__ import annotations

from django.db import models
from django.db.models import Q


class Policy(models.Model):
    """
    One version of what the Caucus knows of the National policy: data that a person checks, never a promise.

    `address` and `checked_by` are roles and never a person; `age` is an age recipient, or empty. `answer_days` and
    `appeal_days` are days, 0 where nobody knows; `caution` says how far to trust it. The version added last holds.
    """

    name = models.CharField(max_length=100)
    version = models.CharField(max_length=100)
    source = models.URLField()
    address = models.CharField(max_length=200)
    age = models.CharField(max_length=100, blank=True)
    answer_days = models.PositiveSmallIntegerField(default=0)
    appeal_days = models.PositiveSmallIntegerField(default=0)
    checked_on = models.DateField(null=True, blank=True)
    checked_by = models.CharField(max_length=100, blank=True)
    caution = models.CharField(max_length=300, blank=True)
    added_on = models.DateField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="policy_is_checked_by_somebody_on_a_day",
                condition=Q(checked_on__isnull=True, checked_by="") | (Q(checked_on__isnull=False) & ~Q(checked_by="")),
            ),
        )
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.name}, {self.version}"
