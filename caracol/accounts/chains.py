"""A person's chain in the ledger: their keys, roles and the deeds done with their account."""

from __future__ import annotations

from collections.abc import Iterable

from caracol.accounts.models import User
from caracol.ledger.chain import entries
from caracol.ledger.models import Entry

KEYS_MADE = "person:keys:made"
ROLE_GIVEN = "person:role:given"
ROLE_ENDED = "person:role:ended"
PASSWORD_CHANGED = "person:password:changed"  # noqa: S105 - the name of an event
PASSWORD_FORGOTTEN = "person:password:forgotten"  # noqa: S105 - the name of an event
RECOVERY_MADE = "person:recovery:made"
SESSION_ENDED = "person:session:ended"
FACTOR_ADDED = "person:factor:added"
FACTOR_REMOVED = "person:factor:removed"
BACKUP_CODES_MADE = "person:backup_codes:made"
BACKUP_CODE_USED = "person:backup_code:used"
PASSPHRASE_CHANGED = "person:passphrase:changed"  # noqa: S105 - the name of an event
INVITATION_MADE = "person:invitation:made"
INVITATION_USED = "person:invitation:used"
INVITATION_WITHDRAWN = "person:invitation:withdrawn"
KEYS_LOST = "person:keys:lost"
DEACTIVATED = "person:account:deactivated"
THING_SHARED = "person:thing:shared"
LOGIN_FAILED = "person:login:failed"
RECONFIRM_FAILED = "person:reconfirm:failed"
CODE_FAILED = "person:recovery:failed"
FACTOR_FAILED = "person:factor:failed"


def chain_of(user: User) -> str:
    """Return the name of this person's chain."""
    return f"person/{user.handle}"


def chains_of(users: Iterable[User]) -> dict[int, list[Entry]]:
    """
    Return each person's entries in order, by user id: one query for all; empty for who has none.

    The chains are read whole, so that an entry taken out of the middle shows as well as a changed
    one. Raises Tampered.
    """
    people = list(users)
    found: dict[str, list[Entry]] = {chain_of(user): [] for user in people}
    for entry in entries(list(found)) if found else []:
        found[entry.chain].append(entry)
    return {user.pk: found[chain_of(user)] for user in people}
