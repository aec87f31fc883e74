"""
What people do about releases: two approve what waits, and then it is frozen.

Who approves holds the role of mediator or is on intake duty: they know such matters from their own work, and are shown
nothing that steering will not see. Steering reads the numbers, the secretary gives the roles, and whoever runs the site
could reach the tallies: their roles are in conflict with approving (`docs/decisions/who-approves-a-release.md`).
"""

from __future__ import annotations

import logging

from django.db import transaction
from django.utils.translation import gettext as _

from caracol.accounts import roles
from caracol.accounts.models import SiteRole, User
from grievances.exceptions import NotOpen, NotYours
from grievances.statistics import counting, releases
from grievances.statistics.disclosure import Published
from grievances.statistics.paper import paper_of
from grievances.statistics.releases import Stored
from grievances.statistics.sheets import digest_of

logger = logging.getLogger(__name__)
NEEDED = 2
TO_DESIGNATE = 2


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


@transaction.atomic
def designate(release: Stored, *, by: User) -> None:
    """Designate a frozen release for sharing outside the committee (Code 7.3). Raises NotYours, NotOpen."""
    if not roles.holds(by, SiteRole.STEERING):
        raise NotYours(_("Members of the steering committee designate a release for sharing."))
    if by.handle in releases.designators(release.published):
        raise NotOpen(_("You have designated it already. It takes a second person."), "7.3")
    releases.designated(release.published, by.handle)


def is_designated(release: Stored) -> bool:
    """Return whether two people designated a release for sharing."""
    return len(releases.designators(release.published)) >= TO_DESIGNATE


@transaction.atomic
def share(release: Stored, whom: str, *, by: User) -> bytes:
    """Return a release as a PDF, and record that it was taken. Raises NotOpen until two people have designated it."""
    if not is_designated(release):
        raise NotOpen(_("Two members of the steering committee designate it for sharing first."), "7.3")
    releases.shared(release.published, by.handle, whom)
    return paper_of(release)


def _who_still_may(handles: set[str]) -> list[User]:
    return [user for user in User.objects.filter(handle__in=handles, is_active=True) if may_approve(user)]
