from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# The lowest threshold there is. It can be raised, in steps of five, so that the lowest number that is shown never
# stands for a single count: with a threshold of seven, "5" could only mean seven.
LOWEST_THRESHOLD = 5


class Status(models.TextChoices):
    """How a line of a release is to be read."""

    SHOWN = "shown", _("rounded to five")
    HIDDEN = "hidden", _("too few to show")
    AT_LEAST = "at_least", _("at least")


class Release(models.Model):
    """
    Numbers as they were released, for good: the database refuses to change or delete a row of it.

    `digest` is the SHA-256 of its lines as they are downloaded, which the ledger states too.
    """

    name = models.CharField(max_length=7, unique=True)
    period = models.CharField(max_length=15)
    threshold = models.PositiveSmallIntegerField()
    frozen_on = models.DateField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = (
            models.CheckConstraint(name="release_threshold_not_too_low", condition=Q(threshold__gte=LOWEST_THRESHOLD)),
        )
        ordering = ("-name",)

    def __str__(self) -> str:
        return self.name


class ReleaseCell(models.Model):
    """One line of a release, at its place. What it hides stands nowhere."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="cells")
    place = models.PositiveSmallIntegerField()
    table = models.CharField(max_length=16)
    category = models.CharField(max_length=24)
    count = models.PositiveIntegerField(null=True)
    status = models.CharField(max_length=8, choices=Status)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("release", "place"), name="release_cell_has_one_place"),
            models.CheckConstraint(
                name="release_cell_hidden_means_empty",
                condition=Q(status=Status.SHOWN, count__isnull=False)
                | Q(status=Status.HIDDEN, count__isnull=True)
                | Q(status=Status.AT_LEAST),
            ),
        )
        ordering = ("release", "place")

    def __str__(self) -> str:
        return f"{self.table} {self.category}"
