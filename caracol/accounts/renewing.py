"""
Renewing what opens a person's account: their password, their keys, their recovery code.

Every Argon2 is done first and the database touched after it, all at once or not at all; then every other session of
the person is over.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from caracol.accounts import keys, open_sessions, recovery
from caracol.accounts.actor import Actor
from caracol.accounts.chains import PASSWORD_CHANGED, PASSWORD_FORGOTTEN, chain_of
from caracol.accounts.models import User
from caracol.accounts.signals import keys_replaced
from caracol.ledger.chain import record
from caracol.vault import ladder
from caracol.vault.ladder import PersonKeys


class Overtaken(Exception):
    """The person's password or keys were changed, or their account was closed, while this was on its way."""


def change_password(actor: Actor, new: str, *, request: HttpRequest) -> None:
    """Lock the same keys under a new password. The session of `request` goes on. Raises Overtaken."""
    user = actor.user
    columns = keys.locked_under(new, actor.keys, handle=user.handle)
    with transaction.atomic():
        _put(user, columns)
        record(chain_of(user), PASSWORD_CHANGED, actor=user.handle)
        open_sessions.end_all(user, but=request)


def replace_keys(actor: Actor, new: str, *, request: HttpRequest) -> tuple[Actor, str]:
    """
    Give a person new keys under a new password, since somebody may have copied the old ones.

    Whatever others sealed to them is sealed anew (signal keys_replaced). Returns the person with their new keys, and
    a new recovery code to show them. The session of `request` goes on. Raises Overtaken.
    """
    user, fresh = actor.user, ladder.new_person()
    columns = keys.locked_under(new, fresh, handle=user.handle)
    code = recovery.make(user, fresh)
    with transaction.atomic():
        _put(user, {**columns, "public_box": fresh.public.box, "public_sign": fresh.public.sign})
        keys.state(user)
        recovery.keep(code)
        record(chain_of(user), PASSWORD_CHANGED, actor=user.handle)
        replaced = Actor(user, fresh)
        keys_replaced.send(sender=User, old=actor, new=replaced)
        open_sessions.end_all(user, but=request)
    return replaced, code.shown


def reset_password(user: User, opened: PersonKeys, new: str) -> str:
    """
    Lock the keys that a recovery code opened under a new password; return a new code, since the old one is used up.

    Nobody is logged in by it. Raises Overtaken.
    """
    columns = keys.locked_under(new, opened, handle=user.handle)
    code = recovery.make(user, opened)
    with transaction.atomic():
        _put(user, columns)
        recovery.keep(code)
        record(chain_of(user), PASSWORD_FORGOTTEN, actor=user.handle)
        open_sessions.end_all(user)
    return code.shown


def renew_code(actor: Actor) -> str:
    """Make a person's recovery code, or a new one in its place, and return it to be shown. Raises Overtaken."""
    code = recovery.make(actor.user, actor.keys)
    with transaction.atomic():
        if not _unchanged(actor.user).select_for_update().exists():
            raise Overtaken
        recovery.keep(code)
    return code.shown


def _put(user: User, columns: Mapping[str, str | bytes | int]) -> None:
    if not _unchanged(user).update(**columns):
        raise Overtaken
    for column, value in columns.items():
        setattr(user, column, value)


def _unchanged(user: User) -> QuerySet[User]:
    """The person's row, if their keys are still locked as they were when `user` was read, and the account is open."""
    return User.objects.filter(pk=user.pk, is_active=True, unlock_salt=bytes(user.unlock_salt))
