from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin

from conduct.models import Clause, Version

if TYPE_CHECKING:
    VersionAdminBase = admin.ModelAdmin[Version]
    ClauseInlineBase = admin.TabularInline[Clause, Version]
else:
    VersionAdminBase = admin.ModelAdmin
    ClauseInlineBase = admin.TabularInline


class ReadOnly:
    """The Code is public, so all staff may look; its words come from `load_code` alone, so nobody may touch."""

    def has_view_permission(self, *_args: object, **_named: object) -> bool:
        return True

    def has_add_permission(self, *_args: object, **_named: object) -> bool:
        return False

    has_module_permission = has_view_permission
    has_change_permission = has_delete_permission = has_add_permission


class ClauseInline(ReadOnly, ClauseInlineBase):
    """The clauses, under their version."""

    model = Clause
    fields = ("address", "text", "kind", "here")
    readonly_fields = ("address",)


@admin.register(Version)
class VersionAdmin(ReadOnly, VersionAdminBase):
    """One version of the Code, to look at."""

    list_display = ("since", "label", "title")
    inlines = (ClauseInline,)
