"""
One-time links: into membership, back into an account whose keys are lost, and into one seat of one case.

A link is good for seven days and for one use. Nobody finds it in the database, which knows its keyed hash alone. Whom
it is for, since when, and whether it was used stand in the ledger: a row that says otherwise lets nobody in.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from caracol import moments
from caracol.accounts import contacts, people, renewing, roles
from caracol.accounts.chains import INVITATION_MADE, INVITATION_USED, INVITATION_WITHDRAWN, chain_of
from caracol.accounts.models import Invitation, Kind, SiteRole, User
from caracol.accounts.renewing import Renewed
from caracol.accounts.roles import RoleRefused
from caracol.ledger.chain import entries, record
from caracol.vault.box import lock, mac, subkey, unlock

GOOD_DAYS = 7
GOOD_FOR = dt.timedelta(days=GOOD_DAYS)
# 32 bytes from the system's randomness: 256 bits.
TOKEN_BYTES = 32
LONGEST_TOKEN = 100


class Gone(Exception):
    """The link was used, taken back, or is too old; or whoever made it may no longer."""


@dataclass(frozen=True)
class Link:
    """A link just made: `token` is in no row, and shown once."""

    token: str
    invitation: Invitation

    def __repr__(self) -> str:
        # A traceback or a log line must open nothing.
        return "Link(…)"


def invite(name: str, email: str, *, by: User) -> Link:
    """Invite one person to be a member; `email` may be empty. Raises RoleRefused for anybody but a secretary."""
    _check_secretary(by)
    token = new_token()
    sealed = lock(_key(), json.dumps([name, email]).encode(), bound=_tag_of(token).encode())
    with transaction.atomic():
        Invitation.objects.filter(user=None, expires_at__lte=timezone.now()).delete()
        return keep(token, by=by, sealed=sealed)


def invite_anew(user: User, *, by: User) -> Link:
    """
    Invite a member anew who has neither their password nor their code; an earlier such link ends.

    Nothing is taken from them until it is used. Raises RoleRefused for anybody but another, a secretary.
    """
    _check_secretary(by)
    if user == by:
        raise RoleRefused(_("Nobody invites themselves anew: another secretary does."))
    if user.is_guest or not user.is_active:
        raise RoleRefused(_("This account is not active."))
    with transaction.atomic():
        for earlier in Invitation.objects.filter(user=user).select_related("made_by"):
            _end(earlier, INVITATION_WITHDRAWN)
        return keep(new_token(), by=by, user=user)


@dataclass(frozen=True)
class SeatLink:
    """A link into one seat of one case, made before the seat is: its secret is the password of the guest's new keys."""

    token: str
    renewed: Renewed

    def __repr__(self) -> str:
        return "SeatLink(…)"

    @property
    def user(self) -> User:
        """The guest it is for."""
        return self.renewed.user


def new_guest() -> User:
    """Return somebody to be invited into one seat, not saved: nobody can open their account yet. One Argon2."""
    return people.prepare_guest(Kind.SEAT, new_token())


def prepare_seat(user: User) -> SeatLink:
    """Make the link of a guest whom nobody has been yet; nothing is kept. Costs one Argon2."""
    token = new_token()
    return SeatLink(token, renewing.prepare_new_keys(user, token))


def open_seat(link: SeatLink, *, by: User) -> Link:
    """
    Let a link open its guest's account, in the caller's transaction, before anything is sealed to the guest.

    A new guest is saved with it.

    Raises RoleRefused for anybody who is no such guest, or is somebody already; Overtaken.
    """
    if link.user.kind != Kind.SEAT:
        raise RoleRefused(_("This link can't be made."))
    if link.user.is_new:
        people.enter_guest(link.user)
    elif Invitation.objects.filter(user=link.user).exists():
        raise RoleRefused(_("This link can't be made."))
    renewing.put_link_keys(link.renewed)
    return keep(link.token, by=by, user=link.user)


def lock_expired() -> int:
    """Close the accounts of guests whose link nobody used in time, with all they were given; returns how many."""
    late = Invitation.objects.filter(user__kind=Kind.SEAT, expires_at__lte=timezone.now()).select_related("user")
    return sum(_lock(invitation, invitation.user) for invitation in late if invitation.user)


def ended(until: dt.date) -> QuerySet[Invitation]:
    """Return the invitations of members whose link ended on a day up to `until`; a guest's is `lock_expired`'s."""
    return Invitation.objects.exclude(user__kind=Kind.SEAT).filter(expires_at__date__lte=until).order_by("pk")


@transaction.atomic
def _lock(invitation: Invitation, guest: User) -> bool:
    used_up, _rows = Invitation.objects.filter(pk=invitation.pk).delete()
    return bool(used_up) and people.close(guest)


def new_token() -> str:
    """Return the secret of a new link."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def keep(token: str, *, by: User, user: User | None = None, sealed: bytes = b"") -> Link:
    """Keep an invitation under the hash of its token, and record who made it."""
    expires = timezone.now() + GOOD_FOR
    made = Invitation.objects.create(token_tag=_tag_of(token), user=user, sealed=sealed, made_by=by, expires_at=expires)
    record(chain_of(by), INVITATION_MADE, actor=by.handle, to=user.handle if user else "", link=made.token_tag)
    return Link(token, made)


def waiting(token: str) -> Invitation | None:
    """Return the invitation of this link while it can be used. Looking at it uses nothing up."""
    live = Invitation.objects.filter(expires_at__gt=timezone.now()).exclude(user__is_active=False)
    known = len(token) <= LONGEST_TOKEN and token.isascii()
    found = live.filter(token_tag=_tag_of(token)).select_related("user", "made_by").first() if known else None
    return found if found and _is_stated(found) else None


def into_membership() -> QuerySet[Invitation]:
    """Return the invitations of new members that can be used, the newest first."""
    return Invitation.objects.filter(user=None, expires_at__gt=timezone.now()).order_by("-pk")


def name_in(invitation: Invitation) -> tuple[str, str]:
    """Return the name and the e-mail address (or nothing) of the person invited."""
    name, email = json.loads(unlock(_key(), bytes(invitation.sealed), bound=invitation.token_tag.encode()))
    return name, email


@transaction.atomic
def withdraw(invitation: Invitation, *, by: User) -> None:
    """Take an invitation back: its link opens nothing any more. Raises RoleRefused for anybody but a secretary."""
    _check_secretary(by)
    _end(invitation, INVITATION_WITHDRAWN, by=by)


def accept(invitation: Invitation, *, token: str, login: str, password: str) -> User:
    """
    Use a link up: become a member, give one's account new keys, or make the keys of a seat one's own.

    `login` is the login name chosen; who is invited anew keeps theirs. All at once or not at all; every Argon2 is done
    before the database is touched. Raises Gone, LoginRefused, and ValueError for a text that can be no password.
    """
    if not _is_stated(invitation):
        raise Gone
    user = invitation.user
    if user is None:
        return _become_member(invitation, login, password)
    if user.kind == Kind.SEAT:
        seated = renewing.prepare_to_own(user, opened_by=token, new=password, login=login)
        with moments.by_the_day(), transaction.atomic():
            _use_up(invitation)
            renewing.own(seated)
        return user
    _check_maker(invitation)
    renewed = renewing.prepare_new_keys(user, password)
    with transaction.atomic():
        _use_up(invitation)
        renewing.put_new_keys(renewed, by=invitation.made_by)
    return user


def _become_member(invitation: Invitation, login: str, password: str) -> User:
    _check_maker(invitation)
    name, email = name_in(invitation)
    newcomer = people.prepare(login, password)
    with transaction.atomic():
        _use_up(invitation)
        people.enter(newcomer, contacts.Card(login.strip(), name, email))
        roles.give(SiteRole.MEMBER, to=newcomer, by=invitation.made_by)
    return newcomer


def _use_up(invitation: Invitation) -> None:
    """Use a link up, in the caller's transaction. Raises Gone."""
    _end(invitation, INVITATION_USED, by=invitation.user)


def _end(invitation: Invitation, event: str, *, by: User | None = None) -> None:
    """Delete the row, for good: of two who try at once, one does. The chain of whoever made the link says so."""
    deleted, _rows = Invitation.objects.filter(pk=invitation.pk).delete()
    if not deleted:
        raise Gone
    record(chain_of(invitation.made_by), event, actor=by.handle if by else "", link=invitation.token_tag)


def _is_stated(invitation: Invitation) -> bool:
    """Return whether the ledger has this link: by its maker, for this very person, not over, and not too old."""
    told = entries(chain_of(invitation.made_by))
    mine = [each for each in told if each.details.get("link") == invitation.token_tag]
    return (
        bool(mine)
        and mine[-1].event == INVITATION_MADE
        and mine[-1].details["to"] == (invitation.user.handle if invitation.user else "")
        and timezone.now() < moments.after(mine[-1].at, GOOD_DAYS)
    )


def _check_secretary(by: User) -> None:
    if not roles.holds(by, SiteRole.SECRETARY):
        raise RoleRefused(_("Only a secretary invites members."))


def _check_maker(invitation: Invitation) -> None:
    if not roles.holds(invitation.made_by, SiteRole.SECRETARY):
        raise Gone


def _tag_of(token: str) -> str:
    return mac(subkey(settings.SECRET_KEY.encode(), "invitation link"), token.encode()).hex()


def _key() -> bytes:
    return subkey(settings.CONTACT_KEY.encode(), "invitation")
