"""When a person wants letters and where to: chosen by them alone, off until then; the address is sealed."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings

from caracol import moments
from caracol.accounts import contacts
from caracol.accounts.models import User
from caracol.letters.models import Cadence
from caracol.vault.box import lock, subkey, unlock

# The fixed letter to everybody on intake duty goes at this hour, by the office's clock.
DUTY_HOUR = 8


def choose(user: User, when: Cadence.When, *, address: str, hour: int, zone: str) -> None:
    """Keep what a person chose; only what comes from now on is told by letter."""
    kept = {"when": when, "hour": hour, "zone": zone, "sealed": _sealed(user, address), "since": moments.kept()}
    Cadence.objects.update_or_create(user=user, defaults=kept)


def cadence_of(user: User) -> Cadence:
    """Return what a person chose; for who never did, an unsaved "never"."""
    return Cadence.objects.filter(user=user).first() or Cadence(user=user, zone=settings.TIME_ZONE)


def address_of(user: User) -> str:
    """Return where letters to this person go: the address they chose, else the one they came with, else nowhere."""
    chosen = cadence_of(user)
    if chosen.sealed:
        return unlock(_key(), bytes(chosen.sealed), bound=user.handle.encode()).decode()
    card = contacts.card_of(user)
    return card.email if card else ""


def due_until(cadence: Cadence, now: dt.datetime) -> dt.datetime | None:
    """Return the moment up to which news is due to be told by letter now; None where nothing ever is."""
    if cadence.when == Cadence.When.NEVER:
        return None
    return now if cadence.when == Cadence.When.AT_ONCE else last_time(cadence.hour, ZoneInfo(cadence.zone), now)


def last_time(hour: int, zone: dt.tzinfo, now: dt.datetime) -> dt.datetime:
    """
    Return when it last was this full hour in this time zone: once each day, whatever the clocks do.

    An hour that a day skips counts from where the clock jumps; of an hour that comes twice the first counts.
    """
    today = now.astimezone(zone).date()
    at = _at(today, hour, zone)
    return at if at <= now else _at(today - dt.timedelta(days=1), hour, zone)


def _at(day: dt.date, hour: int, zone: dt.tzinfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), zone).astimezone(dt.UTC)


def _sealed(user: User, address: str) -> bytes:
    return lock(_key(), address.encode(), bound=user.handle.encode()) if address else b""


def _key() -> bytes:
    return subkey(settings.CONTACT_KEY.encode(), "address for letters")
