from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from grievances.models.case import Case
from grievances.models.sharing import Recipient, Thing


class Designation(models.Model):
    """
    That one thing, in one version, may leave for somebody until a day (Code 7.3). Without one, everything is internal.

    It takes two people: `first` says so and `second` says the same; `alone` where the rule of a single mediator lets
    one suffice. `of` is the thing's token, or the name of a release. Believed where the ledger says the same.
    """

    case = models.ForeignKey(Case, null=True, on_delete=models.CASCADE, related_name="designations")
    thing = models.CharField(max_length=8, choices=Thing)
    of = models.CharField(max_length=26)
    version = models.PositiveIntegerField(default=1)
    recipient = models.CharField(max_length=8, choices=Recipient)
    until = models.DateField()
    first = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    alone = models.BooleanField(default=False)
    ended_on = models.DateField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="designation_takes_two_people", condition=Q(second__isnull=True) | ~Q(second=F("first"))
            ),
        )
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.thing} {self.of} version {self.version} for {self.recipient}"

    @property
    def by(self) -> list[int]:
        """Who designated it, by user id."""
        return [pk for pk in (self.first_id, self.second_id) if pk]


def designated(thing: Thing, on: dt.date, *, of: str = "token", version: str = "version") -> Exists:
    """Return the condition by which a query finds only what is designated on a day, by the columns that name it."""
    standing = Designation.objects.filter(thing=thing, of=OuterRef(of), until__gte=on, ended_on=None)
    versioned = standing.filter(version=OuterRef(version)) if version else standing
    return Exists(versioned.filter(Q(second__isnull=False) | Q(alone=True)))
