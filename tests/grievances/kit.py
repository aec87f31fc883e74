"""A recovery kit for tests, the people who hold its shares, and a case to which nobody has a key any more."""

from __future__ import annotations

from dataclasses import dataclass

from caracol.accounts import roles
from caracol.accounts.models import SiteRole, User
from caracol.vault.recovery import NewKit, new_kit
from grievances.actions import recovery
from grievances.models import RoomGrant
from grievances.organisation import state_kit
from tests.grievances.cast import Cast, Walk
from tests.grievances.remembered import once

HOLDERS = ("steering", "steering2", "steering3")


@dataclass
class Stewards:
    """Three members of the steering committee, each with a share of the kit in force."""

    cast: Cast
    made: NewKit

    def users(self, count: int = 2) -> list[User]:
        return [self.cast.user(login) for login in HOLDERS[:count]]

    def shares(self, count: int = 2) -> list[str]:
        return list(self.made.shares[:count])

    def carry_out(self, code: str) -> None:
        """Hold the ceremony, with as many shares as are needed."""
        recovery.hold_ceremony(code, self.shares(), by=self.users())


def steering(cast: Cast) -> None:
    """Give three people a place on the steering committee."""
    cast["steering"]
    for login in HOLDERS[1:]:
        user = cast.user(login)
        roles.give(SiteRole.STEERING, to=user, by=cast.user("secretary"))


def stewards(cast: Cast) -> Stewards:
    """Give the three their shares of a new kit."""
    return once("stewards", cast, lambda: _with_shares(cast))


def _with_shares(cast: Cast) -> Stewards:
    steering(cast)
    made = new_kit()
    state_kit(made.kit)
    return Stewards(cast, made)


def lose_all_keys(going: Walk) -> None:
    """Take away every key to the case, as when everybody who held one has forgotten their password."""
    RoomGrant.objects.filter(content_object__case=going.case).delete()
