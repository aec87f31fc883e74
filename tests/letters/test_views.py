from __future__ import annotations

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django.fixtures import Settings

from caracol.letters import cadences
from caracol.letters.models import Cadence, Letter
from tests.grievances.cast import Cast
from tests.grievances.views.pages import text_of

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

PAGE = "/accounts/letters/"
DAILY = {"when": "daily", "address": "quiet@example.net", "hour": "21", "zone": "America/Chicago"}


def test_until_somebody_chooses_the_answer_is_never_and_nothing_is_kept(cast: Cast) -> None:
    page = cast.browser("member").get(PAGE)
    assert page.context["form"].initial["when"] == Cadence.When.NEVER
    assert Cadence.objects.count() == 0


def test_a_choice_is_kept_and_shown_again(cast: Cast) -> None:
    browser = cast.browser("member")
    assert browser.post(PAGE, DAILY).status_code == 302
    kept = Cadence.objects.get(user=cast.user("member"))
    assert (kept.when, kept.hour, kept.zone) == ("daily", 21, "America/Chicago")
    assert cadences.address_of(cast.user("member")) == "quiet@example.net"
    form = browser.get(PAGE).context["form"]
    assert {name: str(form.initial[name]) for name in DAILY} == DAILY


def test_whoever_comes_back_is_asked_whether_their_choice_is_still_right(cast: Cast) -> None:
    browser = cast.browser("member")
    assert "Is it still safe" not in text_of(browser.get(PAGE))
    browser.post(PAGE, DAILY)
    assert "Is it still safe" in text_of(browser.get(PAGE))


def test_the_page_shows_the_very_words_of_a_letter(cast: Cast) -> None:
    page = text_of(cast.browser("member").get(PAGE))
    assert "You have a message" in page
    assert "There is something new for you." in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"address": ""}, "To write to you we need an address. Or choose “Never”."),
        ({"address": "no address"}, "This is no e-mail address. Please check it."),
        ({"address": "a@example.org\nBcc: b@example.org"}, "This is no e-mail address. Please check it."),
        ({"hour": "24"}, "Please choose one of these."),
        ({"zone": "Mars/Base"}, "Please choose one of these."),
        ({"when": "hourly"}, "Please choose one of these."),
    ],
)
def test_what_can_not_be_is_said_beside_it_and_changes_nothing(cast: Cast, wrong: dict[str, str], said: str) -> None:
    answer = cast.browser("member").post(PAGE, {**DAILY, **wrong})
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert Cadence.objects.count() == 0


def test_never_needs_no_address(cast: Cast) -> None:
    answer = cast.browser("member").post(PAGE, {**DAILY, "when": "never", "address": ""})
    assert answer.status_code == 302


def test_who_holds_a_receipt_has_no_such_page(cast: Cast) -> None:
    browser = cast.browser("member")
    member = cast.user("member")
    member.kind = "receipt"
    member.save()
    assert browser.get(PAGE).status_code == 404
    assert "/accounts/letters/" not in browser.get("/accounts/").content.decode()


def test_whom_the_last_letter_did_not_reach_is_told_here_and_by_no_mail(cast: Cast) -> None:
    browser = cast.browser("member")
    Letter.objects.create(user=cast.user("member"), ended_at=timezone.now(), undeliverable=True)
    assert "did not arrive" in text_of(browser.get(PAGE))
    assert mail.outbox == []


def test_who_is_on_intake_duty_is_told_of_the_daily_letter(cast: Cast) -> None:
    assert "one letter every day" in text_of(cast.browser("intake").get(PAGE))
    assert "one letter every day" not in text_of(cast.browser("member").get(PAGE))


def test_a_site_without_a_mail_server_says_so(cast: Cast, settings: Settings) -> None:
    settings.SENDS_LETTERS = False
    assert "sends no letters at present" in text_of(cast.browser("member").get(PAGE))
