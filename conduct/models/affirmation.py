from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from conduct.models.version import Version


class Affirmation(models.Model):
    """A member's word that they keep to one version of the Code, given once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="affirmations")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="affirmations")
    on = models.DateField(_("affirmed on"))

    class Meta:
        verbose_name = _("affirmation")
        verbose_name_plural = _("affirmations")
        constraints = (models.UniqueConstraint(fields=["user", "version"], name="affirmed_once_per_version"),)

    def __str__(self) -> str:
        return f"{self.version_id}, {self.on:%Y-%m-%d}"
