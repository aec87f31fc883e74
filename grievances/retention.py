"""
Retention: how long each kind of record is kept, from which moment, and the day on which each goes.

The numbers are data (`retention.toml`, or what was loaded since); a date that was given is kept when they change.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from caracol.ledger.chain import entries, record
from grievances.deadlines import WINDOW, today
from grievances.events import Event
from grievances.models import Case, Kept, Outcome, Purpose, RetentionRule, SealedFile
from grievances.rooms import RoomKind

CHAIN = "retention"
DEFAULT = Path(__file__).with_suffix(".toml")
MOST = 3650
# A concern that is withdrawn as soon as this, and that nobody else heard of, is destroyed whole (docs/retention.md).
UNTOLD_WITHIN = dt.timedelta(days=7)


class RetentionRefused(Exception):
    """A file that can be no schedule; the message says why."""


@dataclass(frozen=True)
class Rule:
    """From which moment a kind is kept, in words, and the fewest days it may be."""

    since: Promise
    least: int


# What a reopening or a contest may still need is never gone within the window.
_NEEDED = WINDOW.days

RULES: dict[Kept, Rule] = {
    Kept.DRAFT: Rule(_("after the last word was written in it"), 1),
    Kept.UNTOLD: Rule(_("after it was withdrawn, or at once if you choose so"), 0),
    Kept.CONVERSATION: Rule(_("after it was recorded"), 1),
    Kept.RECEIPT: Rule(_("after it was last used, if nothing of it is open"), 30),
    Kept.EVIDENCE: Rule(_("after the case closed; with the packet, if it went to National"), _NEEDED),
    Kept.TABLE: Rule(_("after the last check-in"), _NEEDED),
    Kept.PACKET: Rule(_("after National answered"), _NEEDED),
    Kept.AGENDA: Rule(_("after the meeting"), 1),
    Kept.CASE: Rule(_("after the case closed"), _NEEDED),
    Kept.INVITATION: Rule(_("after its link ended"), 0),
    Kept.DELETION: Rule(_("after that day"), 1),
}


@dataclass(frozen=True)
class Line:
    """One line of the schedule as people read it."""

    what: str
    days: int
    since: Promise


def days(kind: Kept) -> int:
    """Return how many days a kind is kept, by the schedule in force."""
    changed = RetentionRule.objects.filter(kind=kind).order_by("-pk").values_list("days", flat=True).first()
    return _default()[kind] if changed is None else changed


def schedule() -> list[Line]:
    """Return the schedule in force, as it is shown. One query."""
    in_force = {**_default(), **{Kept(row.kind): row.days for row in RetentionRule.objects.all()}}
    return [Line(str(kind.label), in_force[kind], rule.since) for kind, rule in RULES.items()]


@transaction.atomic
def load(text: str) -> dict[Kept, int]:
    """Put the schedule of a TOML text in force from today on; return what changed. Raises RetentionRefused."""
    changed = {kind: number for kind, number in parse(text).items() if number != days(kind)}
    for kind, number in changed.items():
        RetentionRule.objects.create(kind=kind, days=number, since=today())
        record(CHAIN, Event.RETENTION_CHANGED, kind=kind.value, days=number)
    return changed


def parse(text: str) -> dict[Kept, int]:
    """Return the days of each kind as a TOML text has them: all, and nothing else. Raises RetentionRefused."""
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RetentionRefused(str(error)) from error
    if set(read) != set(Kept.values):
        wrong = ", ".join(sorted(set(read) ^ set(Kept.values)))
        raise RetentionRefused(f"it has to name each kind once: see {wrong}")
    return {Kept(kind): _checked(Kept(kind), number) for kind, number in read.items()}


def settle(case: Case) -> None:
    """Give a case that has just closed, its files and its rooms the days on which they go, unless it has its own."""
    if case.closed_at is None:
        raise ValueError(case.stage)
    day = _day_of(case.closed_at)
    if case.expunge_on is None:
        case.expunge_on = day + _after(Kept.UNTOLD if withdrawn_untold(case) else Kept.CASE)
        case.save(update_fields=["expunge_on"])
    packet = day + _after(Kept.PACKET)
    case.rooms.filter(kind=RoomKind.PACKET).update(expunge_on=packet)
    case.rooms.filter(kind=RoomKind.TABLE).update(expunge_on=_table_goes(case, day))
    evidence = packet if _was_referred(case) else day + _after(Kept.EVIDENCE)
    SealedFile.objects.filter(room__case=case).update(expunge_on=evidence)


def unsettle(case: Case) -> None:
    """Take the days away again from a case that was opened again."""
    case.expunge_on = None
    case.save(update_fields=["expunge_on"])
    case.rooms.update(expunge_on=None)
    SealedFile.objects.filter(room__case=case).update(expunge_on=None)


def withdrawn_untold(case: Case) -> bool:
    """Return whether a closed case was withdrawn within days of filing, and before anybody was told of it."""
    if case.outcome != Outcome.WITHDRAWN or case.closed_at is None:
        return False
    return is_untold(case, case.closed_at)


def is_untold(case: Case, at: dt.datetime) -> bool:
    """Return whether, within a week of filing, nobody but its reporter and those who serve has heard of a case."""
    if case.filed_at is None or at > case.filed_at + UNTOLD_WITHIN:
        return False
    told = case.papers.filter(purpose__in=(Purpose.ACCOUNT, Purpose.INVITATION, Purpose.PACKET), used_at__isnull=False)
    others = case.seats.filter(reporter=False, mediator=False, intake=False)
    return not told.exists() and not others.exists()


def after(kind: Kept, day: dt.date) -> dt.date:
    """Return the day on which what began its time on `day` goes, by the schedule in force."""
    return day + _after(kind)


def _after(kind: Kept) -> dt.timedelta:
    return dt.timedelta(days=days(kind))


def _was_referred(case: Case) -> bool:
    return case.papers.filter(purpose=Purpose.PACKET, used_at__isnull=False).exists()


def _table_goes(case: Case, closed: dt.date) -> dt.date:
    looked_at = entries(case.chain, Event.CHECKED_IN)
    last = _day_of(looked_at[-1].at) if looked_at else closed
    return max(last + _after(Kept.TABLE), closed + WINDOW)


def _day_of(moment: dt.datetime) -> dt.date:
    """Return the day of a moment by the office's calendar, wherever whoever acts may be."""
    return timezone.localdate(moment, timezone.get_default_timezone())


def _checked(kind: Kept, number: object) -> int:
    least = RULES[kind].least
    if not isinstance(number, int) or not least <= number <= MOST:
        raise RetentionRefused(f"{kind.value} has to be a whole number of days from {least} to {MOST}")
    return number


@cache
def _default() -> Mapping[Kept, int]:
    return parse(DEFAULT.read_text(encoding="utf-8"))
