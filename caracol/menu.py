"""
The menu, one row for each place in it, and who finds it there.

It decides what is shown and nothing else: every page asks at its own door.
"""

from __future__ import annotations

from typing import NamedTuple

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from caracol.accounts.models import Kind, SiteRole
from caracol.once import once_in_each_language


class Place(NamedTuple):
    """A page by its name, what the menu calls it, and which roles or kinds of guest find it there; without any, all."""

    page: str
    label: Promise
    whose: frozenset[str] = frozenset()


PLACES = (
    Place("home", _("Home")),
    Place("conduct:code", _("The Code")),
    Place("grievances:raise", _("Raise a concern"), frozenset({SiteRole.MEMBER, Kind.RECEIPT})),
    Place("grievances:my_concerns", _("My concerns"), frozenset({SiteRole.MEMBER, Kind.RECEIPT})),
    Place("grievances:my_concerns", _("My case"), frozenset({Kind.SEAT})),
    Place("accounts:members", _("Members"), frozenset({SiteRole.SECRETARY})),
    Place("grievances:releases", _("Statistics"), frozenset({SiteRole.STEERING})),
    Place("grievances:recovery", _("Recovery"), frozenset({SiteRole.STEERING})),
    Place("grievances:checkpoints", _("Checkpoints"), frozenset({SiteRole.STEERING})),
    Place("grievances:intake", _("Intake"), frozenset({SiteRole.INTAKE})),
    Place("grievances:asked", _("Asked to serve"), frozenset({SiteRole.MEDIATOR})),
    Place("grievances:cases", _("My cases"), frozenset({SiteRole.MEDIATOR})),
)


@once_in_each_language
def menu_of(held: frozenset[str], urls: str) -> list[tuple[str, str]]:
    """
    Return the address and the name of each place, for whoever holds these roles, or is a guest of this kind.

    `urls` is the module that says where each page is; a place whose page is not there is left out.
    """
    theirs = [place for place in PLACES if not place.whose or place.whose & held]
    found = ((_address(place.page, urls), str(place.label)) for place in theirs)
    return [(address, label) for address, label in found if address]


def _address(page: str, urls: str) -> str:
    try:
        return reverse(page, urls)
    except NoReverseMatch:
        return ""
