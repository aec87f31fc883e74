"""
What people do about releases: two approve what waits, and then it is frozen.

Who approves holds the role of mediator or is on intake duty: they know such matters from their own work, and are shown
nothing that steering will not see. Steering reads the numbers, the secretary gives the roles, and whoever runs the site
could reach the tallies: their roles are in conflict with approving (`docs/decisions/who-approves-a-release.md`).
"""

from __future__ import annotations

import datetime as dt
import logging

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from caracol import moments
from caracol.accounts import roles
from caracol.accounts.models import SiteRole, User
from grievances.actions import designation
from grievances.actions.designation import Shareable
from grievances.actions.waits import Answers
from grievances.deadlines import today
from grievances.exceptions import NotOpen, NotYours
from grievances.models import Designation, Recipient, Release, Thing, designated
from grievances.statistics import counting, releases, sharing
from grievances.statistics.disclosure import Published
from grievances.statistics.releases import Stored
from grievances.statistics.sheets import digest_of

logger = logging.getLogger(__name__)
NEEDED = 2
NOT_DESIGNATED = _("Two members of the steering committee designate it first: for whom, and until when.")


def may_approve(user: User) -> bool:
    """Return whether somebody may approve a release now, by the roles that row and ledger give. Raises Tampered."""
    if user.is_staff or user.is_superuser:
        return False
    held = roles.roles_of(user)
    return bool(held & roles.READERS) and not held & roles.OVERSEERS


def prepare_due() -> int:
    """Prepare the first release that is due and not held; returns how many wait now."""
    counting.stir()
    for half in releases.due():
        try:
            releases.prepare(half)
        except releases.TooFew:
            continue
        except releases.GivesAway:
            logger.exception("The auditor refused a release: see release_statistics PERIOD --dry-run.")
            return 0
        return 1
    return 0


def waiting() -> Published | None:
    """Return the release that waits to be approved, if there is one. Raises Tampered."""
    for half in releases.due():
        try:
            ready = releases.draft(half)
        except releases.TooFew:
            continue
        return ready if releases.is_prepared(ready) else None
    return None


def waits_for(user: User) -> bool:
    """Return whether the ledger says that a release waits for this person to approve it."""
    said = releases.last_prepared()
    return said is not None and user.handle not in said and may_approve(user)


@transaction.atomic
def approve(digest: str, *, by: User) -> bool:
    """
    Approve the release that waits, as somebody saw it; with the second approval it is frozen, and True returned.

    An approval counts while its giver may approve. Raises NotYours, NotOpen.
    """
    if not may_approve(by):
        raise NotYours(_("Releases are approved by mediators and those on intake duty, and by nobody else."))
    ready = waiting()
    if ready is None or digest_of(ready) != digest:
        raise NotOpen(_("These numbers do not wait for approval, or are not what you saw. Please look again."))
    if by.handle in releases.approvers(ready):
        raise NotOpen(_("You have approved this already. It takes a second person."))
    releases.approved(ready, by.handle)
    if len(_who_still_may(releases.approvers(ready))) < NEEDED:
        return False
    releases.freeze(ready)
    return True


def shareable(release: Stored) -> Shareable:
    """Return what is designated of a release: its paper, and its sheet with it."""
    return Shareable(Thing.PAPER, release.name, 1, releases.CHAIN)


@transaction.atomic
def designate(release: Stored, whom: Recipient, until: dt.date, *, by: User) -> None:
    """Designate a frozen release for somebody outside the committee (Code 7.3). Raises NotYours, NotOpen."""
    _check_steers(by)
    with moments.by_the_day():
        designation.designate(shareable(release), whom, until, by=by)


@transaction.atomic
def take_back(release: Stored, *, by: User) -> None:
    """Keep a release inside the committee again. Raises NotYours, NotOpen."""
    _check_steers(by)
    with moments.by_the_day():
        designation.take_back(shareable(release), by=by)


def _check_steers(user: User) -> None:
    if not roles.holds(user, SiteRole.STEERING):
        raise NotYours(_("Members of the steering committee designate a release for sharing."))


def standing(release: Stored) -> Designation | None:
    """Return the designation by which a release may leave today: asked of the database, and of the ledger."""
    found = Release.objects.filter(designated(Thing.PAPER, today(), of="name", version=""), name=release.name)
    return designation.standing(shareable(release)) if found.exists() else None


@transaction.atomic
def share(release: Stored, thing: Thing, answers: Answers, *, by: User) -> None:
    """Record that a release leaves, as what and for whom. Raises NotOpen unless two people designated it for them."""
    stands = standing(release)
    if stands is None or stands.recipient != answers.who:
        raise NotOpen(NOT_DESIGNATED, "7.3")
    sharing.shared(release.published, by.handle, answers.facts(thing))


def _who_still_may(handles: set[str]) -> list[User]:
    return [user for user in User.objects.filter(handle__in=handles, is_active=True) if may_approve(user)]
