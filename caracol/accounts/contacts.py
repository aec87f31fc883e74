"""Who people are: names, login names and e-mail addresses, sealed under the environment's CONTACT_KEY."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from caracol.accounts.models import Contact, Kind, User
from caracol.vault.box import lock, mac, subkey, unlock

LONGEST_LOGIN = 150


@dataclass(frozen=True)
class Card:
    """What a contact says. `serving_name` is the name a mediator chose to serve by; empty where none was chosen."""

    login: str
    name: str
    email: str
    serving_name: str = ""

    def __repr__(self) -> str:
        # A traceback or a log line must name nobody.
        return "Card(…)"


def normal_login(login: str) -> str | None:
    """Return the login name as it is compared (NFKC, case folded, trimmed), or None where it can be nobody's."""
    if len(login) > LONGEST_LOGIN:
        return None
    normal = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", login).casefold()).strip()
    return normal if normal.isprintable() and 0 < len(normal) <= LONGEST_LOGIN else None


def login_tag(login: str) -> str | None:
    """Return the keyed HMAC (64 hex digits) by which a login name is found, or None where it can be nobody's."""
    normal = normal_login(login)
    return mac(_key("login tag"), normal.encode()).hex() if normal else None


def seal_card(user: User, card: Card) -> Contact:
    """Write down, sealed and bound to their handle, who this user is."""
    sealed = lock(_key("contact"), json.dumps(asdict(card)).encode(), bound=user.handle.encode())
    return Contact.objects.update_or_create(user=user, defaults={"sealed": sealed})[0]


def cards_of(users: Iterable[User]) -> dict[int, Card]:
    """
    Return the card of each of these users by user id; whoever has none is absent. One query.

    Raises SealBroken where a card was altered or belongs to somebody else.
    """
    handles = {user.pk: user.handle for user in users}
    sealed = Contact.objects.filter(user__in=handles).values_list("user_id", "sealed")
    return {pk: _open(handles[pk], bytes(text)) for pk, text in sealed}


def card_of(user: User) -> Card | None:
    """Return this user's card, or None where there is none."""
    return cards_of([user]).get(user.pk)


def names_of(users: Iterable[User]) -> dict[int, str]:
    """Return the name of each of these users by user id; the handle stands for a missing name. One query."""
    people = list(users)
    cards = cards_of(people)
    return {user.pk: _name(user, cards.get(user.pk)) for user in people}


def serving_names_of(users: Iterable[User]) -> dict[int, str]:
    """Return the name each of these users serves by, else their name. One query."""
    people = list(users)
    cards = cards_of(people)
    return {user.pk: _serving_name(user, cards.get(user.pk)) for user in people}


def serving_name_in(sealed: bytes | None, user: User) -> str:
    """Return the name this user serves by, where their contact was read, `sealed`, together with something else."""
    return _serving_name(user, _open(user.handle, bytes(sealed)) if sealed else None)


def name_of(user: User) -> str:
    """Return this user's name, or their handle where none is kept."""
    return names_of([user])[user.pk]


def serving_name_of(user: User) -> str:
    """Return the name this user serves by, else their name."""
    return serving_names_of([user])[user.pk]


def _name(user: User, card: Card | None) -> str:
    if card is None and user.kind == Kind.SEAT:
        return _("somebody without an account (%(few)s)") % {"few": user.handle[:4]}
    return (card.name if card else "") or user.handle


def _serving_name(user: User, card: Card | None) -> str:
    return (card.serving_name if card else "") or _name(user, card)


def _open(handle: str, sealed: bytes) -> Card:
    return Card(**json.loads(unlock(_key("contact"), sealed, bound=handle.encode())))


def _key(purpose: str) -> bytes:
    return subkey(settings.CONTACT_KEY.encode(), purpose)
