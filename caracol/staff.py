"""The admin's site: for staff to look at members and the Code, by the doors that everybody uses."""

from __future__ import annotations

from django.contrib.admin.apps import AdminConfig
from django.contrib.admin.sites import AdminSite
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url


class StaffSite(AdminSite):
    """
    The admin without doors of its own.

    Its own pages would log in past what slows guessing, and change a password without the keys locked under it.
    """

    def login(self, *_args: object, **_named: object) -> HttpResponse:
        """Send to where everybody logs in; who is logged in, and no staff, is sent home from there."""
        return redirect("accounts:login")

    def logout(self, *_args: object, **_named: object) -> HttpResponse:  # type: ignore[override]
        """Send on, with the form, to where everybody logs out."""
        return HttpResponseRedirect(resolve_url("accounts:logout"), preserve_request=True)

    def password_change(self, *_args: object, **_named: object) -> HttpResponse:  # type: ignore[override]
        """Send to where the password changes with the keys."""
        return redirect("accounts:password")

    def password_change_done(self, *_args: object, **_named: object) -> HttpResponse:  # type: ignore[override]
        """Send to the same place."""
        return redirect("accounts:password")


class StaffConfig(AdminConfig):
    """Makes `StaffSite` the site that `admin.site` is."""

    default_site = "caracol.staff.StaffSite"
