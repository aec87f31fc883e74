from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from grievances.models.case import Case, new_token
from grievances.roles import PARTY, SERVING, May, Part, may_of


class Seat(models.Model):
    """One person's place in one case, with every part it carries. A seat that was left keeps its row."""

    token = models.CharField(max_length=26, unique=True, default=new_token)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="seats")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reporter = models.BooleanField(default=False)
    harmed = models.BooleanField(default=False)
    respondent = models.BooleanField(default=False)
    support = models.BooleanField(default=False)
    witness = models.BooleanField(default=False)
    mediator = models.BooleanField(default=False)
    intake = models.BooleanField(default=False)
    supports = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="supporters")
    taken_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    # Whether its holder sees the case, and who that is, sealed: said by `access.seats_in`, which reads seats with both.
    sees: bool
    contact: bytes | None

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("case", "user"), name="seat_one_per_person"),
            models.UniqueConstraint(fields=("case",), condition=Q(reporter=True), name="seat_one_reporter"),
            models.UniqueConstraint(
                fields=("case",), condition=Q(harmed=True, left_at__isnull=True), name="seat_one_harmed"
            ),
            models.CheckConstraint(
                name="seat_serving_is_never_party",
                condition=Q(mediator=False, intake=False)
                | Q(reporter=False, harmed=False, respondent=False, support=False, witness=False),
            ),
            models.CheckConstraint(
                name="seat_harmed_is_not_respondent", condition=Q(harmed=False) | Q(respondent=False)
            ),
            models.CheckConstraint(
                name="seat_support_supports_somebody",
                condition=Q(support=True, supports__isnull=False) | Q(support=False, supports__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.case}: {', '.join(sorted(self.parts))}"

    @property
    def parts(self) -> frozenset[Part]:
        """Every part the seat carries; none once it was left."""
        return frozenset() if self.left_at else self.parts_ever

    @property
    def parts_ever(self) -> frozenset[Part]:
        """Every part the seat carries or carried until it was left."""
        return frozenset(part for part in Part if getattr(self, part.value))

    @property
    def is_party(self) -> bool:
        """Whether the seat is a side's, a witness's or a support person's, not a server's."""
        return bool(self.parts & PARTY)

    @property
    def serves(self) -> bool:
        """Whether the seat is a mediator's or an intake person's."""
        return bool(self.parts & SERVING)

    def may(self, deed: May) -> bool:
        """Whether the table of seats lets this seat do `deed`."""
        return deed in may_of(self.parts)
