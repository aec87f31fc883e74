"""Django's admin shows the Code to staff and lets nobody touch it."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from caracol.accounts.models import User
from conduct.models import Version

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


@pytest.fixture
def staff(client: Client, ada: User) -> Client:
    ada.is_staff = True
    ada.save()
    client.force_login(ada)
    return client


def test_staff_may_look(staff: Client, version: Version) -> None:
    assert staff.get(reverse("admin:conduct_version_changelist")).status_code == 200
    assert staff.get(reverse("admin:conduct_version_change", args=[version.pk])).status_code == 200


def test_staff_may_not_touch(staff: Client, version: Version) -> None:
    assert staff.get(reverse("admin:conduct_version_add")).status_code == 403
    assert staff.post(reverse("admin:conduct_version_change", args=[version.pk])).status_code == 403
    assert staff.post(reverse("admin:conduct_version_delete", args=[version.pk])).status_code == 403


def test_who_affirmed_is_not_in_the_admin() -> None:
    registered = {model.__name__ for model in admin.site._registry if model._meta.app_label == "conduct"}
    assert registered == {"Version"}
