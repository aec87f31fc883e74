"""What the ledger says of an account, in words for its owner."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from caracol.accounts import chains
from caracol.accounts.models import User
from caracol.ledger.chain import newest

MOST = 30

SAID: Mapping[str, Promise] = {
    chains.KEYS_MADE: _("Your keys were made."),
    chains.KEYS_LOST: _("Your old keys were given up, and new ones made."),
    chains.ROLE_GIVEN: _("You were given a role."),
    chains.ROLE_ENDED: _("A role of yours ended."),
    chains.PASSWORD_CHANGED: _("Your password was changed."),
    chains.PASSWORD_FORGOTTEN: _("A new password was set with your recovery code."),
    chains.RECOVERY_MADE: _("A recovery code was made."),
    chains.SESSION_ENDED: _("You ended a session."),
    chains.FACTOR_ADDED: _("A second step for logging in was added."),
    chains.FACTOR_REMOVED: _("A second step for logging in was taken away."),
    chains.BACKUP_CODES_MADE: _("Backup codes were made."),
    chains.BACKUP_CODE_USED: _("A backup code was used."),
    chains.PASSPHRASE_CHANGED: _("You changed the passphrase of the Caucus."),
    chains.INVITATION_MADE: _("You invited somebody by a link."),
    chains.INVITATION_USED: _("A link that you made was used."),
    chains.INVITATION_WITHDRAWN: _("A link that you made was taken back."),
    chains.THING_SHARED: _("You took something out of here, or said that it may leave."),
    chains.DEACTIVATED: _("The account was closed."),
    chains.LOGIN_FAILED: _("Somebody tried to log in with a wrong password."),
    chains.RECONFIRM_FAILED: _("A wrong password was typed where you were asked for it again."),
    chains.CODE_FAILED: _("Somebody tried to set a new password with a wrong recovery code."),
    chains.FACTOR_FAILED: _("The password was right, and the second step was wrong."),
}


@dataclass(frozen=True)
class Line:
    """One thing that happened with an account, and when."""

    at: dt.datetime
    says: Promise


def lines_of(user: User) -> list[Line]:
    """Return the last things that happened with an account, the newest first. One query. Raises Tampered."""
    return [Line(told.at, SAID[told.event]) for told in newest(chains.chain_of(user), MOST)]
