from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Kept(models.TextChoices):
    """What is kept for a time and then destroyed."""

    DRAFT = "draft", _("A draft that was not filed")
    UNTOLD = "untold", _("A concern withdrawn before anybody else was told")
    CONVERSATION = "conversation", _("A private talk")
    RECEIPT = "receipt", _("The account behind a receipt")
    EVIDENCE = "evidence", _("Files that were handed in")
    TABLE = "table", _("The agreement and the amends")
    PACKET = "packet", _("The packet for National")
    AGENDA = "agenda", _("A text for a Caucus meeting")
    CASE = "case", _("All the rest of a case")
    INVITATION = "invitation", _("An invitation to become a member")
    DELETION = "deletion", _("Word that a case was destroyed")


class RetentionRule(models.Model):
    """How many days a kind of record is kept, since a day. The newest row of a kind counts; none means the default."""

    kind = models.CharField(max_length=12, choices=Kept)
    days = models.PositiveSmallIntegerField()
    since = models.DateField()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.kind}: {self.days} days"


class Deletion(models.Model):
    """
    Word to somebody who took part in a case that it was destroyed: which kinds of things, and on which day.

    It names no case. `number` stands hashed in the ledger, so that whoever keeps it can have it looked up there.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="deletions")
    number = models.CharField(max_length=26, unique=True)
    kinds = models.JSONField()
    destroyed_on = models.DateField()
    expunge_on = models.DateField(db_index=True)

    class Meta:
        ordering = ("-destroyed_on", "pk")

    def __str__(self) -> str:
        return f"deletion on {self.destroyed_on}"
