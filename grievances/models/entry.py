from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from grievances.models.case import new_token
from grievances.models.room import Room


class EntryKind(models.TextChoices):
    """What an entry is."""

    DRAFT = "draft", _("Draft")
    STATEMENT = "statement", _("Statement")
    NAMED = "named", _("The people named")
    IDENTITY = "identity", _("Who the reporter is")
    BARRED = "barred", _("Who must not serve")
    OBJECTION = "objection", _("Objection to a mediator")
    MESSAGE = "message", _("Message")
    NOTE = "note", _("Working note")
    HAND_OVER = "hand_over", _("Hand-over note")
    DISTINCTION = "distinction", _("Distinction")
    CONTEST = "contest", _("Contest")
    REASON = "reason", _("Reason")
    ADVICE = "advice", _("Advice")
    ACCOUNT = "account", _("What the person named is told")
    INVITATION = "invitation", _("Invitation")
    AGENDA = "agenda", _("Agenda text")
    AGREED = "agreed", _("What we agreed, in our own words")
    VOICE = "voice", _("How the amends go, for the person harmed")
    AGREEMENT = "agreement", _("Agreement")
    PACKET = "packet", _("Packet for National")
    CHOICE = "choice", _("What should go into the packet")
    WAITS = "waits", _("Why am I sharing")
    ANSWER = "answer", _("National's answer")
    FILE = "file", _("File")
    PLACE = "place", _("Where a session is held")
    CONVERSATION = "conversation", _("Private talk")


class Entry(models.Model):
    """
    One sealed thing in a room, never changed: a new wording is a new version of the same `token`.

    The same token and version may lie in several rooms, when one text is laid before several people.
    """

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="entries")
    token = models.CharField(max_length=26, default=new_token)
    version = models.PositiveIntegerField(default=1)
    kind = models.CharField(max_length=12, choices=EntryKind)
    epoch = models.PositiveIntegerField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField()
    written_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("room", "token", "version"), name="entry_version_once_per_room"),
        )
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.kind} {self.token} version {self.version}"
