"""What can leave the site, for whom and why: closed answers, so that the ledger can keep them in the clear."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Thing(models.TextChoices):
    """What can leave the site."""

    PACKET = "packet", _("the packet for National")
    SUMMARY = "summary", _("a summary of the packet, without names")
    AGENDA = "agenda", _("a text for a Caucus meeting")
    SHEET = "sheet", _("a release of numbers, as a sheet")
    PAPER = "paper", _("a release of numbers, as a PDF")
    PAGE = "page", _("a release of numbers, as a page to print")
    DAY = "day", _("a day for a calendar")
    COPY = "copy", _("a copy of what is their own")


class Recipient(models.TextChoices):
    """For whom something leaves."""

    ME = "me", _("myself, and nobody else")
    HELPER = "helper", _("somebody who helps me")
    MEETING = "meeting", _("a meeting of the Caucus")
    MEMBERS = "members", _("members of the Caucus")
    CHAPTER = "chapter", _("the grievance officers of a chapter")
    NATIONAL = "national", _("National")
    OTHERS = "others", _("somebody else")


class Why(models.TextChoices):
    """Why something leaves, where no room can hold an answer in words."""

    GO_ON = "go_on", _("so that a concern can go on")
    REMEMBER = "remember", _("so that I remember it")
    KEEP = "keep", _("to keep it safe")
    HELP = "help", _("to get help")
    DISCUSS = "discuss", _("so that the Caucus can discuss it")
    ANSWER = "answer", _("to answer for how concerns are handled")


# For whom each thing can leave, and why.
MAY_GO_TO: dict[Thing, tuple[Recipient, ...]] = {
    Thing.PACKET: (Recipient.NATIONAL, Recipient.CHAPTER),
    Thing.SUMMARY: (Recipient.NATIONAL, Recipient.CHAPTER),
    Thing.AGENDA: (Recipient.MEETING, Recipient.MEMBERS),
    Thing.SHEET: (Recipient.MEMBERS, Recipient.NATIONAL, Recipient.CHAPTER, Recipient.OTHERS),
    Thing.PAPER: (Recipient.MEMBERS, Recipient.NATIONAL, Recipient.CHAPTER, Recipient.OTHERS),
    Thing.PAGE: (Recipient.MEMBERS, Recipient.NATIONAL, Recipient.CHAPTER, Recipient.OTHERS),
    Thing.DAY: (Recipient.ME, Recipient.HELPER, Recipient.OTHERS),
    Thing.COPY: (Recipient.ME, Recipient.HELPER, Recipient.CHAPTER, Recipient.NATIONAL, Recipient.OTHERS),
}
REASONS: dict[Thing, tuple[Why, ...]] = {
    Thing.PACKET: (Why.GO_ON,),
    Thing.SUMMARY: (Why.GO_ON,),
    Thing.AGENDA: (Why.DISCUSS,),
    Thing.SHEET: (Why.ANSWER, Why.DISCUSS),
    Thing.PAPER: (Why.ANSWER, Why.DISCUSS),
    Thing.PAGE: (Why.ANSWER, Why.DISCUSS),
    Thing.DAY: (Why.REMEMBER, Why.HELP),
    Thing.COPY: (Why.KEEP, Why.HELP, Why.GO_ON),
}
