from __future__ import annotations

from caracol.accounts.models.contact import Contact
from caracol.accounts.models.role import Role, SiteRole
from caracol.accounts.models.user import User

__all__ = ["Contact", "Role", "SiteRole", "User"]
