"""
What the clock does by itself, holding no key: requests to serve lapse, still cases are asked about and then lapse.

Each job does what is due at the moment and nothing twice, so that it can run again at any time, and in several
processes at once. What fails in one case is logged and left for the next run; the others go on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from caracol.accounts import invitations
from caracol.ledger.chain import record
from caracol.vault import keystore
from grievances.actions import conversations, drafts, people, releases, seats, shelf
from grievances.actions.gate import take
from grievances.actions.holding import hold
from grievances.actions.jobs import each
from grievances.actions.telling import seated, tell, tell_once
from grievances.attest import one_deed
from grievances.covering import without_who_is_away
from grievances.deadlines import ASKED_BEFORE, LAPSES_AFTER, is_late, is_late_again, today
from grievances.events import EVENTS, Event
from grievances.exceptions import Refused
from grievances.models import Case, Clock, Entry, EntryKind, Pseudonym, Room, SealedFile, SeatOffer
from grievances.roles import HARM_SIDE, SERVING, Part
from grievances.workflow import OPEN, Step

# Who waits for somebody to serve.
_CONCERNED = SERVING | {Part.REPORTER}


def lapse_offers() -> int:
    """End the requests to serve that nobody answered in time; returns how many ended."""
    late = SeatOffer.objects.filter(state=SeatOffer.State.OPEN, lapses_at__lte=timezone.now())
    return each(late.select_related("case"), _lapse_offer)


def lapse_links() -> int:
    """Close the accounts, and the seats, of guests whose link nobody used in time; returns how many."""
    return invitations.lock_expired()


def ask_to_go_on() -> int:
    """
    Ask everybody in a case that has stood still for eleven months whether it should go on; returns in how many.

    Asked once: any step ends the asking, and the case can lapse 30 days after it.
    """
    still = timezone.now() - LAPSES_AFTER + ASKED_BEFORE
    return each(Case.objects.filter(stage__in=OPEN, moved_at__lte=still, asked_to_go_on_at=None), _ask)


def lapse_cases() -> int:
    """Close the cases that stood still for twelve months and a month since the asking; returns how many closed."""
    now = timezone.now()
    due = Case.objects.filter(
        stage__in=OPEN, moved_at__lte=now - LAPSES_AFTER, asked_to_go_on_at__lte=now - ASKED_BEFORE
    )
    return each(due, _lapse)


def tell_of_late_dates() -> int:
    """Tell people of dates that passed, once, and once more when as much time again has; returns how often."""
    runs = Clock.objects.filter(stopped_at=None, paused_on=None).exclude(kind=Clock.Kind.FOLLOW_UP)
    late = runs.filter(Q(told_late_at=None) | Q(told_again_at=None), due_on__lt=today())
    return each(late.select_related("case"), _tell_of_late)


def follow_up() -> int:
    """Ask, half a year after a closing, how it is now; returns in how many cases."""
    due = Clock.objects.filter(stopped_at=None, kind=Clock.Kind.FOLLOW_UP, due_on__lte=today())
    return each(due.select_related("case"), _follow_up)


def expire_drafts() -> int:
    """Destroy the drafts that nobody has touched for a month; returns how many."""
    return drafts.expire()


def prepare_releases() -> int:
    """Work out and prove the release that is due, for two people to approve; returns how many wait now."""
    return releases.prepare_due()


def destroy_keys() -> int:
    """Destroy the keys whose destruction was asked for and not done yet; returns how many."""
    return keystore.run_destructions()


def sweep_keys() -> int:
    """Destroy the keys that no room and no waiting request knows, born before yesterday; returns how many."""
    # Beside an empty database every key looks like an orphan: somebody has set the wrong one.
    if not Room.objects.exists():
        return 0
    return keystore.sweep_orphans(known=_known, before=timezone.localdate() - dt.timedelta(days=1))


def expire_conversations() -> int:
    """Destroy the private talks that were recorded a year ago; returns how many."""
    return conversations.expire()


def remind_of_talks() -> int:
    """Tell those who wanted to come back to a private talk by today; returns how often."""
    return conversations.remind()


def clear_files() -> int:
    """Delete the files whose deletion was ordered and not done yet; returns how many."""
    return shelf.clear_due()


def sweep_files() -> int:
    """Delete the files of uploads that came to nothing, a day and more ago; returns how many."""
    return shelf.sweep()


@one_deed()
def _lapse_offer(late: SeatOffer) -> bool:
    lapsed = seats.end_offers(hold(late.case), SeatOffer.State.LAPSED, pk=late.pk)
    if lapsed:
        tell_once(late.case, seated(late.case, _CONCERNED), Event.OFFER_ENDED, at=timezone.now())
    return bool(lapsed)


@transaction.atomic
def _tell_of_late(late: Clock) -> bool:
    case = hold(late.case)
    clock = Clock.objects.filter(pk=late.pk, stopped_at=None).first()
    if clock is None or not is_late(clock):
        return False
    if clock.told_late_at is None:
        _told(case, clock, "told_late_at", Event.CLOCK_LATE)
        return True
    if clock.told_again_at or not is_late_again(clock):
        return False
    _told(case, clock, "told_again_at", Event.CLOCK_LATE_AGAIN)
    _tell_intake(case)
    return True


def _told(case: Case, clock: Clock, field: str, event: Event) -> None:
    now = timezone.now()
    Clock.objects.filter(pk=clock.pk).update(**{field: now})
    record(case.chain, event, clock=clock.kind)
    # Who is away is covered by somebody, who is told, or told all the same.
    tell_once(case, without_who_is_away(case, seated(case, _CONCERNED)), event, at=now)


def _tell_intake(case: Case) -> None:
    """Tell one unconflicted person on intake duty, where the reporter wished so: who took it in, if they can be."""
    could = people.who_could_take_in(case) if case.late_to_intake else []
    took_in = set(case.seats.filter(intake=True).values_list("user_id", flat=True))
    # Whom a reporter barred in words alone, no job can read: then nobody but who took it in, and read them.
    in_words = Entry.objects.filter(room__case=case, kind=EntryKind.BARRED).exists()
    could = [user for user in could if user.pk in took_in or not in_words]
    could.sort(key=lambda user: (user.pk not in took_in, user.pk))
    if could:
        record(case.chain, Event.INTAKE_TOLD, to=Pseudonym.of(case.chain, could[0]))
        tell_once(case, {could[0].pk}, Event.INTAKE_TOLD, at=timezone.now())


@transaction.atomic
def _follow_up(due: Clock) -> bool:
    case, now = hold(due.case), timezone.now()
    if not Clock.objects.filter(pk=due.pk, stopped_at=None).update(stopped_at=now):
        return False
    record(case.chain, Event.FOLLOW_UP)
    tell(case, without_who_is_away(case, seated(case, HARM_SIDE | {Part.MEDIATOR})), Event.FOLLOW_UP, at=now)
    return True


@transaction.atomic
def _ask(case: Case) -> bool:
    now = timezone.now()
    still_due = Case.objects.filter(pk=case.pk, version=case.version, stage__in=OPEN, asked_to_go_on_at=None)
    if not still_due.update(asked_to_go_on_at=now):
        return False
    record(case.chain, Event.ASKED_TO_GO_ON)
    tell(case, seated(case, EVENTS[Event.ASKED_TO_GO_ON].seen_by), Event.ASKED_TO_GO_ON, at=now)
    return True


def _lapse(case: Case) -> bool:
    try:
        take(Step.LAPSE, case, by=None, version=case.version)
    except Refused:
        # Somebody took a step meanwhile.
        return False
    return True


def _known(tokens: Collection[str]) -> set[str]:
    rooms = Room.objects.filter(token__in=tokens, destroyed_at=None)
    waiting = SeatOffer.objects.filter(token__in=tokens, state=SeatOffer.State.OPEN)
    files = SealedFile.objects.filter(token__in=tokens, room__isnull=False)
    return {token for rows in (rooms, waiting, files) for token in rows.values_list("token", flat=True)}
