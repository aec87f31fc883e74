"""When a person wants letters, and the letters that wait to be sent. Neither says about what."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from caracol.accounts.models.user import new_handle


class Cadence(models.Model):
    """
    How often a person wants letters. Whoever has no row never chose, and gets none.

    `sealed` is the address they chose for letters, under the environment's key: read and written by
    `caracol.letters.cadences` alone. Only what comes after `since` is told by letter.
    """

    class When(models.TextChoices):
        NEVER = "never", _("Never")
        AT_ONCE = "at_once", _("Each time, within a few minutes")
        DAILY = "daily", _("At most once a day, at the hour I choose")

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="cadence")
    when = models.CharField(max_length=7, choices=When, default=When.NEVER)
    hour = models.PositiveSmallIntegerField(default=8)
    zone = models.CharField(max_length=40)
    sealed = models.BinaryField(default=b"")
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.CheckConstraint(name="cadence_is_known", condition=Q(when__in=["never", "at_once", "daily"])),
            models.CheckConstraint(name="cadence_hour_is_of_the_day", condition=Q(hour__lt=24)),
        )

    def __str__(self) -> str:
        return f"{self.when} of {self.user_id}"


class Letter(models.Model):
    """
    One letter to one person, from the moment it is due until it is sent or no longer needed.

    `token` names it to mail systems, the same at every try. `duty_on` is the day of the fixed letter that everybody
    on intake duty gets: one each day, news or none. `ended_at` is set of these alone, and of what was given up; what
    else was sent has no row any more.
    """

    token = models.CharField(max_length=32, unique=True, default=new_handle)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    duty_on = models.DateField(null=True)
    made_at = models.DateTimeField(default=timezone.now)
    next_try_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    # The mail server went on saying no to this address.
    undeliverable = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("user", "duty_on"), condition=Q(duty_on__isnull=False), name="letter_of_duty_once_a_day"
            ),
        )
        indexes = (models.Index(fields=("next_try_at",), condition=Q(ended_at=None), name="letter_waits"),)

    def __str__(self) -> str:
        return self.token
