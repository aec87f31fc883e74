from __future__ import annotations

import time

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from caracol.accounts import keys, recovery
from caracol.accounts.actor import CONFIRMED_AT
from caracol.accounts.models import OpenSession, RecoveryCopy, User
from caracol.accounts.session_store import SessionStore
from tests.accounts.browser import form_fields
from tests.accounts.conftest import PASSWORD, LogIn

pytestmark = [pytest.mark.urls("tests.accounts.urls"), pytest.mark.django_db]

PAGE = "/accounts/code/"
NEW = "/accounts/code/new/"
UNLOCK = "/accounts/unlock/"
LATER = "Make one now, so that a forgotten password costs you nothing"


def test_at_first_login_the_code_is_made_without_asking_again(ana: User, log_in: LogIn) -> None:
    page = log_in("ana").post(NEW, {"next": "/echo/"})
    code = page.context["code"]
    assert page.content.decode().count(code) == 1
    assert '<a class="button" href="/echo/">' in page.content.decode()
    assert recovery.open_copy(User.objects.get(pk=ana.pk), code) == keys.unlock(ana, PASSWORD)


def test_the_page_of_the_code_leads_to_affirming_the_code_of_conduct(ana: User, log_in: LogIn) -> None:
    assert 'href="/code/"' in log_in("ana").post(NEW).content.decode()


def test_later_the_password_is_asked_again(ana: User, log_in: LogIn) -> None:
    client = log_in("ana")
    session = client.session
    session[CONFIRMED_AT] = int(time.time()) - 301
    session.save()
    asked = client.post(NEW, {"next": "/echo/"})
    assert (asked.status_code, RecoveryCopy.objects.count()) == (403, 0)
    page = client.post(UNLOCK, {**form_fields(asked, UNLOCK), "unlock-password": PASSWORD}, follow=True)
    assert recovery.open_copy(User.objects.get(pk=ana.pk), page.context["code"]) == keys.unlock(ana, PASSWORD)


def test_the_code_is_shown_once(ana: User, log_in: LogIn) -> None:
    client = log_in("ana")
    code = client.post(NEW).context["code"]
    kept = str([SessionStore().decode(row.session_data) for row in OpenSession.objects.all()])
    later = client.get(PAGE).content.decode() + client.get("/accounts/").content.decode() + kept
    assert code not in later
    assert client.get(NEW).status_code == 405


def test_a_new_code_kills_the_one_before(ana: User, log_in: LogIn) -> None:
    client = log_in("ana")
    first, second = (client.post(NEW).context["code"] for _ in range(2))
    page = client.post("/accounts/password/forgotten/", {"login": "ana", "code": first, "new": "b" * 14 + "c"})
    assert page.context["form"].errors != {}
    assert recovery.open_copy(User.objects.get(pk=ana.pk), second) == keys.unlock(ana, PASSWORD)


@pytest.mark.parametrize("onward", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_pages_lead_to_no_other_site(ana: User, log_in: LogIn, onward: str) -> None:
    client = log_in("ana")
    pages = client.get(PAGE, {"next": onward}), client.post(NEW, {"next": onward})
    assert [onward in page.content.decode() for page in pages] == [False, False]


def test_a_code_needs_its_csrf_token(ana: User, log_in: LogIn) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies.update(log_in("ana").cookies)
    assert (strict.post(NEW).status_code, RecoveryCopy.objects.count()) == (403, 0)


def test_a_locked_session_makes_no_code(ana: User, log_in: LogIn) -> None:
    client = log_in("ana")
    del client.cookies[settings.UNLOCK_COOKIE_NAME]
    assert (client.post(NEW).status_code, RecoveryCopy.objects.count()) == (403, 0)


def test_any_page_can_offer_the_code_to_whoever_lacks_it(ana: User, rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user = ana
    before = render_to_string("accounts/_recovery_offer.html", request=request)
    RecoveryCopy.objects.create(user=ana, salt=b"", locked=b"", passes=1, kibibytes=8)
    after = render_to_string("accounts/_recovery_offer.html", request=request)
    assert (LATER in before, after.strip()) == (True, "")
