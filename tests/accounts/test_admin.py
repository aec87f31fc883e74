from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib import admin
from django.test import Client

from caracol.accounts.models import SiteRole, User
from tests.accounts.conftest import Joins

pytestmark = [pytest.mark.urls("tests.accounts.urls"), pytest.mark.django_db]

LogIn = Callable[[str], Client]


@pytest.fixture
def staff(joins: Joins, log_in: LogIn) -> Client:
    sam = joins("sam")
    sam.is_staff = True
    sam.save()
    return log_in("sam")


def test_staff_look_at_members_and_their_roles(staff: Client, joins: Joins) -> None:
    joins("mar", SiteRole.MEDIATOR)
    page = staff.get("/admin/accounts/user/").content.decode()
    assert ("Mar" in page, "mediator" in page) == (True, True)


def test_no_login_name_address_or_key_is_shown(staff: Client, ana: User) -> None:
    pages = [staff.get("/admin/accounts/user/"), staff.get(f"/admin/accounts/user/{ana.pk}/change/")]
    shown = " ".join(page.content.decode() for page in pages)
    kept = ["ana@example.org", "login_tag", ana.login_tag, "public_box", "locked_keys", "unlock_salt", ana.password]
    assert [page.status_code for page in pages] == [200, 200]
    assert [word for word in kept if word in shown] == []


def test_nothing_is_added_changed_or_deleted(staff: Client, ana: User) -> None:
    row = f"/admin/accounts/user/{ana.pk}"
    tried = [
        staff.post("/admin/accounts/user/add/", {}),
        staff.post(f"{row}/change/", {"is_staff": "on"}),
        staff.post(f"{row}/delete/", {"post": "yes"}),
    ]
    assert [answer.status_code for answer in tried] == [403, 403, 403]
    ana.refresh_from_db()
    assert not ana.is_staff


def test_only_members_of_all_this_app_keeps_are_there() -> None:
    apps = [model._meta.label for model in admin.site._registry if model._meta.app_label in {"accounts", "auth"}]
    assert apps == ["accounts.User"]


def test_sealed_things_are_not_in_the_admin() -> None:
    sealed = {"grievances", "vault", "ledger", "guardian", "sessions"}
    assert [model for model in admin.site._registry if model._meta.app_label in sealed] == []


def test_who_is_not_staff_finds_no_admin(ana: User, log_in: LogIn) -> None:
    assert log_in("ana").get("/admin/accounts/user/").status_code == 302


def test_the_admin_has_no_door_of_its_own(staff: Client) -> None:
    led = {page: staff.post(f"/admin/{page}/", {}).headers["Location"] for page in ("password_change", "logout")}
    assert led == {"password_change": "/accounts/password/", "logout": "/accounts/logout/"}
    assert Client().post("/admin/login/", {}).headers["Location"].startswith("/accounts/login/")
