"""The closed choices a case can carry: plain words only, so that the weightiest rules stand in the database too."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Route(TextChoices):
    """By which door a concern came in."""

    HARMED = "harmed", _("I was harmed")
    SAW = "saw", _("I saw harm")
    CAUSED = "caused", _("I caused harm and want to make amends")
    HELP = "help", _("I offer to help others reconcile")


class Wish(TextChoices):
    """What the reporter would like."""

    WAY = "way", _("Work through it with the Caucus's help")
    ADVICE = "advice", _("Advice first")
    RECORD = "record", _("Only record this")
    UNSURE = "unsure", _("I am not sure")


class Nature(TextChoices):
    """What a concern was distinguished as (Code 3.4)."""

    POLITICAL = "political", _("political")
    INTERPERSONAL = "interpersonal", _("interpersonal")
    MIXED = "mixed", _("mixed")
    UNSURE = "unsure", _("unsure")


class OneOnOne(TextChoices):
    """How the one-on-one went; each of the five satisfies the step (Code 3)."""

    HELD = "held", _("held")
    DECLINED = "declined", _("declined")
    UNSAFE = "unsafe", _("unsafe")
    NOT_APPROPRIATE = "not_appropriate", _("not appropriate")
    NOT_POSSIBLE = "not_possible", _("not possible")


class Actioned(TextChoices):
    """How the Caucus's own process was actioned (Code 4.2)."""

    HELD = "held", _("mediation held")
    DECLINED = "declined", _("mediation declined")
    UNSAFE = "unsafe", _("mediation unsafe")
    NOT_POSSIBLE = "not_possible", _("mediation not possible")
    BROKEN = "broken", _("agreement broken")


class ExceptionReason(TextChoices):
    """Why a referral may go by exception, before the Caucus process is actioned."""

    URGENT_RISK = "urgent_risk", _("urgent risk")
    NO_TWO_MEDIATORS = "no_two_mediators", _("no two mediators without a conflict")


class Heard(TextChoices):
    """Whether the person harmed spoke before amends were called complete (Code 5.6)."""

    HEARD = "heard", _("Yes, they were heard")
    SILENT = "silent", _("They did not wish to speak")


class Outcome(TextChoices):
    """How a case closed: one partition."""

    RESOLVED = "resolved", _("resolved one-on-one")
    AMENDS_KEPT = "amends_kept", _("agreement and amends kept")
    BROKEN = "broken", _("agreement broken")
    NO_AGREEMENT = "no_agreement", _("closed without agreement")
    NATIONAL = "national", _("answered by National")
    NOT_FILED = "not_filed", _("handed over, not filed with National")
    REDIRECTED = "redirected", _("redirected to a Caucus meeting")
    WITHDRAWN = "withdrawn", _("withdrawn")
    RECORDED = "recorded", _("recorded only")
    ADVISED = "advised", _("advice given")
    OUT_OF_SCOPE = "out_of_scope", _("out of scope")
    NO_CONTACT = "no_contact", _("no contact")
    LAPSED = "lapsed", _("lapsed")


# Closings that the reporter can contest; another mediator then decides anew.
CONTESTABLE = frozenset({Outcome.REDIRECTED, Outcome.OUT_OF_SCOPE, Outcome.NO_CONTACT})
