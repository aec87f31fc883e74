from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from caracol.accounts import contacts, roles
from caracol.accounts.models import Kind, User

if TYPE_CHECKING:
    UserAdminBase = admin.ModelAdmin[User]
else:
    UserAdminBase = admin.ModelAdmin

# Groups grant nothing here.
admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(UserAdminBase):
    """
    Who the members are and which roles the ledger gives them: for staff, to look at.

    Nothing changes here: people come in by people.join, roles by roles.give.
    """

    list_display = ("name", "handle", "is_active", "site_roles", "joined_on")
    list_filter = ("is_active",)
    list_per_page = 50
    actions = None
    fields = readonly_fields = ("name", "handle", "is_active", "is_staff", "site_roles", "joined_on")
    ordering = ("joined_on", "pk")

    @admin.display(description=_("name"))
    def name(self, user: User) -> str:
        return contacts.name_of(user)

    @admin.display(description=_("roles"))
    def site_roles(self, user: User) -> str:
        return ", ".join(sorted(str(role.label) for role in roles.roles_of(user)))

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        members = super().get_queryset(request).filter(kind=Kind.MEMBER)
        return members.defer("password", "locked_keys", "unlock_salt")

    def has_view_permission(self, *_args: object, **_named: object) -> bool:
        # The admin lets in active staff only.
        return True

    def has_add_permission(self, *_args: object, **_named: object) -> bool:
        return False

    has_module_permission = has_view_permission
    has_change_permission = has_delete_permission = has_add_permission
