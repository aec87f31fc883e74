"""The made-up people of the demo: who they are, what they hold, and what each finds to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from caracol.accounts import keys, people, recovery, roles
from caracol.accounts.actor import Actor
from caracol.accounts.models import SiteRole, User
from conduct.models import Affirmation, Version

PASSWORD = "a snail carries its home"  # noqa: S105 - everybody may know it: it opens made-up people's accounts alone

_MEMBER = (SiteRole.MEMBER,)
_MEDIATOR = (SiteRole.MEMBER, SiteRole.MEDIATOR)


@dataclass(frozen=True)
class Figure:
    """One made-up person. `finds` says what waits for them after the demo was built."""

    login: str
    name: str
    roles: tuple[SiteRole, ...]
    finds: Promise | str
    serving_name: str = ""
    superuser: bool = False

    @property
    def email(self) -> str:
        """An address that reaches nobody."""
        return f"{self.name.lower().replace(' ', '.')}@caracol.example"


# The secretary comes first, to give the others their roles.
CAST = (
    Figure("secretary", "Odalys Ferrante", (SiteRole.SECRETARY,), _("the members, to invite and look after; no case")),
    Figure(
        "steering", "Bartholomew Quistgaard", (SiteRole.STEERING,),
        _("the numbers of three half-years, and the recovery ceremony; no case"),
    ),
    Figure("steering2", "Wilhelmina Okonjo", (SiteRole.STEERING,), _("the same, for a ceremony of two")),
    Figure("admin", "Thandeka Winterbourne", (), _("the admin, and no case there or elsewhere"), superuser=True),
    Figure(
        "mediator", "Marisol Etcheverry", _MEDIATOR,
        _("a request to serve, and cases at one-on-one, mediation, amends and National"), "Marisol E.",
    ),
    Figure(
        "mediator2", "Cornelius Abernathy", _MEDIATOR,
        _("a referral to National that waits for a second mediator to confirm it"), "Con",
    ),
    Figure("mediator3", "Philippa Oyelaran", _MEDIATOR, _("cases at intake and mediation, and a closed one"), "Pip"),
    Figure(
        "intake", "Desmond Kowalczyk", (SiteRole.MEMBER, SiteRole.INTAKE),
        _("two fresh concerns to take in"), "Des",
    ),
    Figure("member", "Rosalind Achterberg", _MEMBER, _("a draft to finish, and a text to read and agree to")),
    Figure(
        "member2", "Valentin Brzezinski", _MEMBER,
        _("a concern that has just been filed, and one that he saw happen"),
    ),
    Figure(
        "respondent", "Hyacinth Montgomery", _MEMBER,
        _("an agreement to read, an offered talk, a session to answer, a promise due today"),
    ),
    Figure("friend", "Leopold Nakashima", _MEMBER, _("a seat as support person")),
    Figure(
        "witness", "Guadalupe Sorensen", _MEMBER,
        _("a consent asked of her as the person harmed, a seat as witness"),
    ),
)  # fmt: skip

Cast = Mapping[str, Actor]


def is_there() -> bool:
    """Return whether everybody of the cast has an account."""
    return all(people.by_login(figure.login) for figure in CAST)


def join_all(figures: tuple[Figure, ...] = CAST) -> dict[str, Actor]:
    """
    Make these people and give them their roles; returns them with keys in hand, by login name.

    Raises LoginRefused where a login name is taken, RoleRefused where others hold the roles already.
    """
    return {figure.login: _join(figure) for figure in figures}


def with_keys(*logins: str) -> dict[str, Actor]:
    """Return people of the demo who have joined, with keys in hand. Raises User.DoesNotExist."""
    return {login: _unlocked(_joined(login)) for login in logins}


def _join(figure: Figure) -> Actor:
    user = people.join(
        login=figure.login,
        name=figure.name,
        email=figure.email,
        password=PASSWORD,
        serving_name=figure.serving_name,
    )
    for role in figure.roles:
        _give(role, user)
    if figure.superuser or SiteRole.SECRETARY in figure.roles:
        User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=figure.superuser)
    if SiteRole.MEMBER in figure.roles:
        now = timezone.localdate()
        Affirmation.objects.create(user=user, version=Version.in_force(now), on=now)
    actor = _unlocked(user)
    # Without one every login would lead past the page that offers it. Nobody knows this one; a new one can be made.
    recovery.keep(recovery.make(user, actor.keys))
    return actor


def _give(role: SiteRole, user: User) -> None:
    holders = roles.holders(role)
    secretary = roles.holders(SiteRole.SECRETARY)[0] if holders else None
    roles.give(role, to=user, by=secretary, second=holders[0] if holders and role in roles.READERS else None)


def _joined(login: str) -> User:
    user = people.by_login(login)
    if user is None:
        raise User.DoesNotExist(login)
    return user


def _unlocked(user: User) -> Actor:
    return Actor(user, keys.unlock(user, PASSWORD))
