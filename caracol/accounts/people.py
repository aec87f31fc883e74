"""How a person comes in, and how one is found."""

from __future__ import annotations

import secrets

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from caracol import moments
from caracol.accounts import contacts, keys, open_sessions, roles
from caracol.accounts.chains import DEACTIVATED, chain_of
from caracol.accounts.models import Kind, SiteRole, User
from caracol.accounts.roles import RoleRefused
from caracol.accounts.signals import deactivated
from caracol.ledger.chain import record
from caracol.vault import ladder

TAKEN = gettext_lazy("This login name is taken.")


class LoginRefused(Exception):
    """The login name is taken, or can be nobody's; the message says which, in words for the person typing."""


def join(*, login: str, name: str, email: str, password: str, serving_name: str = "") -> User:
    """
    Make a person: their account, their keys locked under the password, their sealed contact, their entry in the ledger.

    They hold no role yet. Raises LoginRefused, and ValueError for a text that can be no password.
    Costs one Argon2, done before the database is touched.
    """
    user = prepare(login, password)
    enter(user, contacts.Card(login.strip(), name, email, serving_name))
    return user


def prepare(login: str, password: str) -> User:
    """Return a new person with their keys locked under the password, not saved; raises as `join` does. One Argon2."""
    return _with_keys(User(login_tag=tag_for(login)), password)


def tag_for(login: str) -> str:
    """Return the tag of a login name that somebody chose. Raises LoginRefused where it can be nobody's."""
    tag = contacts.login_tag(login)
    if tag is None:
        raise LoginRefused(_("A login name has 1 to %(most)d visible characters.") % {"most": contacts.LONGEST_LOGIN})
    return tag


@transaction.atomic
def enter(user: User, card: contacts.Card) -> None:
    """Save whom `prepare` made, with their contact and their entry in the ledger. Raises LoginRefused."""
    _save_new(user)
    contacts.seal_card(user, card)
    keys.state(user)


def join_as_guest(kind: Kind, *, password: str) -> User:
    """Make an account without a name, an address or a role. Costs one Argon2, done before the database is touched."""
    user = prepare_guest(kind, password)
    enter_guest(user)
    return user


def prepare_guest(kind: Kind, password: str) -> User:
    """
    Return a new guest with their keys locked under the password, not saved. Costs one Argon2.

    Who holds a receipt logs in with the handle; a guest in one seat with nothing, until they have chosen a login name.
    """
    user = User(kind=kind)
    findable = contacts.login_tag(user.handle) if kind is Kind.RECEIPT else None
    user.login_tag = findable or secrets.token_hex(32)
    return _with_keys(user, password)


def enter_guest(user: User) -> None:
    """Save whom `prepare_guest` made, and state their keys in the ledger, of which it keeps the day alone."""
    with moments.by_the_day(), transaction.atomic():
        _save_new(user)
        keys.state(user)


@transaction.atomic
def deactivate(user: User, *, by: User) -> None:
    """
    Close a person's account, by a secretary: their sessions and roles end, and every key they hold is taken back.

    All at once or not at all (signal deactivated). Raises RoleRefused.
    """
    if not roles.holds(by, SiteRole.SECRETARY):
        raise RoleRefused(_("Only a secretary deactivates an account."))
    if user == by:
        raise RoleRefused(_("Nobody deactivates their own account: another secretary does."))
    if not close(user, by=by.handle):
        raise RoleRefused(_("This account is not active."))
    roles.end_every(of=user, by=by)


def close(user: User, *, by: str = "") -> bool:
    """
    Close an account in the caller's transaction, by somebody's handle or by the clock; return whether it was open.

    Its sessions end, and whoever gave it keys takes them back (signal deactivated).
    """
    if not User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        return False
    user.is_active = False
    record(chain_of(user), DEACTIVATED, actor=by)
    open_sessions.end_all(user)
    deactivated.send(sender=User, user=user)
    return True


def by_login(login: str) -> User | None:
    """Return the user of this login name, active or not; None for an unknown one and for any text that can be none."""
    tag = contacts.login_tag(login)
    return User.objects.filter(login_tag=tag).first() if tag else None


def _save_new(user: User) -> None:
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        raise LoginRefused(TAKEN) from None


def _with_keys(user: User, password: str) -> User:
    """Give `user` a password and new keys locked under it (not saved)."""
    fresh = ladder.new_person()
    user.public_box, user.public_sign = fresh.public.box, fresh.public.sign
    for column, value in keys.locked_under(password, fresh, handle=user.handle).items():
        setattr(user, column, value)
    return user
