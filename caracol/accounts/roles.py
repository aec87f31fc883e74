"""
Site roles: who gives them, who holds them. A role counts only where the ledger says so.

Mediator and intake make a reader, so two people give them (the secretary and somebody who holds the
role), and nobody holds them together with steering or secretary.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from caracol.accounts import open_sessions
from caracol.accounts.chains import ROLE_ENDED, ROLE_GIVEN, chain_of, chains_of
from caracol.accounts.models import Role, SiteRole, User
from caracol.accounts.models.user import today
from caracol.ledger.chain import record
from caracol.ledger.models import Entry

READERS = frozenset({SiteRole.MEDIATOR, SiteRole.INTAKE})
OVERSEERS = frozenset({SiteRole.STEERING, SiteRole.SECRETARY})


class RoleRefused(Exception):
    """The role can't be given or ended so; `reason` says why, in words for the person asking."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@transaction.atomic
def give(role: SiteRole, *, to: User, by: User | None, second: User | None = None) -> Role:
    """
    Give `role` to a person, record it, and end their sessions: they come in anew as who they are now.

    `by` is a secretary. At installation, while nobody holds the role, it may be None. For mediator
    and intake `second` is a person who holds the role given. Raises RoleRefused.
    """
    # Two roles given to one person at once take turns, so that each sees the other.
    User.objects.select_for_update(no_key=True).get(pk=to.pk)
    _check_receiver(role, to)
    _check_givers(role, to, by, second)
    row = Role.objects.get_or_create(user=to, role=role, ended_on=None)[0]
    record(
        chain_of(to),
        ROLE_GIVEN,
        actor=by.handle if by else "",
        role=role.value,
        second=second.handle if second else "",
    )
    open_sessions.end_all(to)
    return row


@transaction.atomic
def end(role: SiteRole, *, of: User, by: User) -> None:
    """
    End and record a role somebody holds, and their sessions: by a secretary, or by the person laying it down.

    Raises RoleRefused.
    """
    if not holds(of, role):
        raise RoleRefused(_("This person does not hold this role."))
    if by != of and not holds(by, SiteRole.SECRETARY):
        raise RoleRefused(_("Only a secretary, or the person who holds it, ends a role."))
    _close({role}, of, by)
    open_sessions.end_all(of)


@transaction.atomic
def end_every(*, of: User, by: User) -> None:
    """End and record every role a person has, by its row or by the ledger alone."""
    rows = Role.objects.filter(user=of, ended_on=None).values_list("role", flat=True)
    _close({SiteRole(role) for role in rows} | stated_in(chains_of([of])[of.pk]), of, by)


@transaction.atomic
def lapse(*, of: User, by: User) -> None:
    """End and record what makes a person a reader, since they have new keys: two people would have to give it anew."""
    _close(READERS & stated_in(chains_of([of])[of.pk]), of, by)


def _close(held: Collection[SiteRole], of: User, by: User) -> None:
    Role.objects.filter(user=of, role__in=held, ended_on=None).update(ended_on=today())
    for role in sorted(held):
        record(chain_of(of), ROLE_ENDED, actor=by.handle, role=role.value)


def holds(user: User, role: SiteRole) -> bool:
    """Return whether this active person holds the role now: by its row and by the ledger. Raises Tampered."""
    return role in roles_of(user)


def roles_of(user: User) -> frozenset[SiteRole]:
    """Return every role this active person holds now, by row and by ledger, in two queries. Raises Tampered."""
    rows = Role.objects.filter(user=user, user__is_active=True, ended_on=None)
    held = {SiteRole(row.role) for row in rows}
    return frozenset(held & stated_in(chains_of([user])[user.pk])) if held else frozenset()


def holders(role: SiteRole) -> list[User]:
    """Return the active people who hold the role now, the oldest account first, in two queries. Raises Tampered."""
    people = list(User.objects.filter(is_active=True, roles__role=role, roles__ended_on=None).order_by("pk"))
    chains = chains_of(people)
    return [user for user in people if role in stated_in(chains[user.pk])]


def stated_in(chain: Iterable[Entry]) -> set[SiteRole]:
    """Return the roles given, and not ended, in a person's chain: what the ledger alone says."""
    given: set[SiteRole] = set()
    for entry in chain:
        if entry.event == ROLE_GIVEN:
            given.add(_role_in(entry))
        elif entry.event == ROLE_ENDED:
            given.discard(_role_in(entry))
    return given


def _role_in(entry: Entry) -> SiteRole:
    return SiteRole(str(entry.details["role"]))


def _check_receiver(role: SiteRole, to: User) -> None:
    if not to.is_active:
        raise RoleRefused(_("This account is not active."))
    if to.is_guest:
        raise RoleRefused(_("A guest holds no role."))
    if holds(to, role):
        raise RoleRefused(_("This person holds this role already."))
    # By the ledger alone: a row taken away for a moment must not make room for a role that excludes it.
    held = stated_in(chains_of([to])[to.pk])
    if (role in READERS and held & OVERSEERS) or (role in OVERSEERS and held & READERS):
        raise RoleRefused(_("Who mediates or takes in concerns can't be on steering or be secretary too."))


def _check_givers(role: SiteRole, to: User, by: User | None, second: User | None) -> None:
    if to in (by, second):
        raise RoleRefused(_("Nobody gives a role to themselves."))
    if by is None:
        if holders(role):
            raise RoleRefused(_("Somebody holds this role already, so a secretary must give it."))
        return
    if not holds(by, SiteRole.SECRETARY):
        raise RoleRefused(_("Only a secretary gives roles."))
    if role in READERS and (second is None or not holds(second, role)):
        raise RoleRefused(_("This role takes two people: a secretary, and somebody who holds it."))
