"""
Renewing what opens a person's account: their password, their keys, their recovery code.

Every Argon2 is done first and the database touched after it, all at once or not at all; then every other session of
the person is over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from caracol import moments
from caracol.accounts import keys, open_sessions, people, recovery, roles
from caracol.accounts.actor import Actor
from caracol.accounts.chains import KEYS_LOST, PASSWORD_CHANGED, PASSWORD_FORGOTTEN, chain_of
from caracol.accounts.models import RecoveryCopy, User
from caracol.accounts.recognising import is_as_of_now
from caracol.accounts.signals import keys_lost, keys_replaced
from caracol.ledger.chain import record
from caracol.vault import ladder
from caracol.vault.ladder import PersonKeys

Columns = Mapping[str, str | bytes | int]


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


def keep_up(actor: Actor, password: str) -> None:
    """
    Where a password is kept at another cost than it would be now, lock the same keys under it anew; else do nothing.

    Costs one Argon2 then, and every session that the person has open ends. Raises Overtaken.
    """
    user = actor.user
    if is_as_of_now(user):
        return
    columns = keys.locked_under(password, actor.keys, handle=user.handle)
    with transaction.atomic():
        _put(user, columns)
        open_sessions.end_all(user)


def replace_keys(actor: Actor, new: str, *, request: HttpRequest) -> tuple[Actor, str]:
    """
    Give a person new keys under a new password, since somebody may have copied the old ones.

    Whatever others sealed to them is sealed anew (signal keys_replaced). Returns the person with their new keys, and
    a new recovery code to show them. The session of `request` goes on. Raises Overtaken.
    """
    replaced, columns = _with_new_keys(actor, new)
    code = recovery.make(actor.user, replaced.keys)
    with transaction.atomic():
        _replace(actor, replaced, columns, request)
        recovery.keep(code)
    return replaced, code.shown


def replace_receipt(actor: Actor, secret: str, *, request: HttpRequest) -> Actor:
    """
    Give the holder of a receipt new keys under a new secret: as `replace_keys`, but there is no code besides.

    Returns them with their new keys. Raises Overtaken.
    """
    replaced, columns = _with_new_keys(actor, secret)
    with transaction.atomic():
        _replace(actor, replaced, columns, request)
    return replaced


def _with_new_keys(actor: Actor, new: str) -> tuple[Actor, Columns]:
    renewed, fresh = _fresh(actor.user, new)
    return Actor(actor.user, fresh), renewed.columns


def _replace(actor: Actor, replaced: Actor, columns: Columns, request: HttpRequest) -> None:
    user = actor.user
    _put(user, columns)
    keys.state(user)
    record(chain_of(user), PASSWORD_CHANGED, actor=user.handle)
    keys_replaced.send(sender=User, old=actor, new=replaced)
    open_sessions.end_all(user, but=request)


def reset_password(user: User, opened: PersonKeys, new: str) -> str:
    """
    Lock the keys that a recovery code opened under a new password; return a new code, since the old one is used up.

    Nobody is logged in by it. Raises Overtaken.
    """
    columns = keys.locked_under(new, opened, handle=user.handle)
    code = recovery.make(user, opened)
    with moments.by_the_day(lambda: user.is_guest), transaction.atomic():
        _put(user, columns)
        recovery.keep(code)
        record(chain_of(user), PASSWORD_FORGOTTEN, actor=user.handle)
        open_sessions.end_all(user)
    return code.shown


@dataclass(frozen=True)
class Renewed:
    """A person, and the columns of their row that are to stand in the place of the old ones."""

    user: User
    columns: Columns

    def __repr__(self) -> str:
        return "Renewed(…)"


def prepare_new_keys(user: User, new: str) -> Renewed:
    """Make new keys, locked under a password, for a person whose old ones are gone. Costs one Argon2."""
    return _fresh(user, new)[0]


def _fresh(user: User, new: str) -> tuple[Renewed, PersonKeys]:
    fresh = ladder.new_person()
    columns = keys.locked_under(new, fresh, handle=user.handle)
    return Renewed(user, {**columns, "public_box": fresh.public.box, "public_sign": fresh.public.sign}), fresh


def put_new_keys(renewed: Renewed, *, by: User) -> None:
    """
    Give a person the new keys, in the caller's transaction; their code, sessions and what made them a reader end.

    Whoever gave them keys to something takes those back (signal keys_lost). Raises Overtaken.
    """
    user = renewed.user
    _put(user, renewed.columns)
    record(chain_of(user), KEYS_LOST, actor=by.handle)
    keys.state(user)
    RecoveryCopy.objects.filter(user=user).delete()
    roles.lapse(of=user, by=by)
    keys_lost.send(sender=User, user=user)
    open_sessions.end_all(user)


def put_link_keys(renewed: Renewed) -> None:
    """Give a guest whom nobody has been yet the keys of a link, in the caller's transaction. Raises Overtaken."""
    _put(renewed.user, renewed.columns)
    with moments.by_the_day():
        keys.state(renewed.user)


def prepare_to_own(user: User, *, opened_by: str, new: str, login: str) -> Renewed:
    """
    Lock the keys that a link's secret opens under a guest's own password and login name. Costs two Argon2.

    Raises SealBroken, KeysSwapped, and LoginRefused for a name that can be nobody's.
    """
    tag = people.tag_for(login)
    return Renewed(user, {**keys.locked_under(new, keys.unlock(user, opened_by), handle=user.handle), "login_tag": tag})


def own(renewed: Renewed) -> None:
    """Put those in place, in the caller's transaction. Raises Overtaken, and LoginRefused for a name that is taken."""
    try:
        with transaction.atomic():
            _put(renewed.user, renewed.columns)
    except IntegrityError:
        raise people.LoginRefused(people.TAKEN) from None


def renew_code(actor: Actor) -> str:
    """Make a person's recovery code, or a new one in its place, and return it to be shown. Raises Overtaken."""
    code = recovery.make(actor.user, actor.keys)
    with transaction.atomic():
        if not _unchanged(actor.user).select_for_update(no_key=True).exists():
            raise Overtaken
        recovery.keep(code)
    return code.shown


def _put(user: User, columns: Columns) -> None:
    if not _unchanged(user).update(**columns):
        raise Overtaken
    for column, value in columns.items():
        setattr(user, column, value)


def _unchanged(user: User) -> QuerySet[User]:
    """The person's row, if their keys are still locked as they were when `user` was read, and the account is open."""
    return User.objects.filter(pk=user.pk, is_active=True, unlock_salt=bytes(user.unlock_salt))
