from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from caracol.accounts.models.user import User, today


class SiteRole(models.TextChoices):
    """What a person is to the Caucus as a whole. No role opens a case by itself."""

    MEMBER = "member", _("member")
    MEDIATOR = "mediator", _("mediator")
    INTAKE = "intake", _("on intake duty")
    STEERING = "steering", _("steering")
    SECRETARY = "secretary", _("secretary")


class Role(models.Model):
    """
    A role given to a person, open until `ended_on`.

    A row alone gives nothing: it counts only together with its entry in the ledger (`caracol.accounts.roles`).
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(_("role"), max_length=16, choices=SiteRole.choices)
    given_on = models.DateField(_("given on"), default=today)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role"], condition=Q(ended_on=None), name="role_held_once"),
            models.CheckConstraint(condition=Q(role__in=SiteRole.values), name="role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.user_id}"
