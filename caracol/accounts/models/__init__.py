from __future__ import annotations

from caracol.accounts.models.contact import Contact
from caracol.accounts.models.invitation import Invitation
from caracol.accounts.models.open_session import OpenSession
from caracol.accounts.models.passphrase import Passphrase
from caracol.accounts.models.recovery_copy import RecoveryCopy
from caracol.accounts.models.role import Role, SiteRole
from caracol.accounts.models.second_factor import BackupCode, Factor
from caracol.accounts.models.user import Kind, User

__all__ = [
    "BackupCode",
    "Contact",
    "Factor",
    "Invitation",
    "Kind",
    "OpenSession",
    "Passphrase",
    "RecoveryCopy",
    "Role",
    "SiteRole",
    "User",
]
