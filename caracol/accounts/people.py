"""How a person comes in, and how one is found."""

from __future__ import annotations

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from caracol.accounts import contacts, keys
from caracol.accounts.models import User
from caracol.accounts.passwords import could_be_password
from caracol.vault import ladder


class LoginRefused(Exception):
    """The login name is taken, or can be nobody's; the message says which, in words for the person typing."""


def join(*, login: str, name: str, email: str, password: str, serving_name: str = "") -> User:
    """
    Make a person: their account, their keys locked under the password, their sealed contact, their entry in the ledger.

    They hold no role yet. Raises LoginRefused, and ValueError for a text that can be no password.
    Costs two Argon2, both done before the database is touched.
    """
    tag = contacts.login_tag(login)
    if tag is None:
        raise LoginRefused(_("A login name has 1 to %(most)d visible characters.") % {"most": contacts.LONGEST_LOGIN})
    user = _with_keys(User(login_tag=tag), password)
    with transaction.atomic():
        _save_new(user)
        contacts.seal_card(user, contacts.Card(login.strip(), name, email, serving_name))
        keys.state(user)
    return user


def by_login(login: str) -> User | None:
    """Return the user of this login name, active or not; None for an unknown one and for any text that can be none."""
    tag = contacts.login_tag(login)
    return User.objects.filter(login_tag=tag).first() if tag else None


def _save_new(user: User) -> None:
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        raise LoginRefused(_("This login name is taken.")) from None


def _with_keys(user: User, password: str) -> User:
    """Give `user` a password and new keys locked under it (not saved)."""
    if not could_be_password(password):
        raise ValueError("This text can be no password.")
    user.set_password(password)
    fresh = ladder.new_person()
    user.public_box, user.public_sign = fresh.public.box, fresh.public.sign
    user.unlock_passes, user.unlock_kibibytes = settings.ARGON2_PASSES, settings.ARGON2_KIBIBYTES
    locked = ladder.lock_person(
        fresh, password, handle=user.handle, passes=user.unlock_passes, kibibytes=user.unlock_kibibytes
    )
    user.unlock_salt, user.locked_keys = locked.salt, locked.locked
    return user
