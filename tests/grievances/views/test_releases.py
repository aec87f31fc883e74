from __future__ import annotations

import csv
import hashlib
import io
import re
import time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caracol.accounts import roles
from caracol.accounts.actor import CONFIRMED_AT
from caracol.accounts.models import SiteRole
from caracol.ledger import triggers
from caracol.ledger.chain import entries
from grievances.actions import releases as approving
from grievances.models import ReleaseCell
from grievances.statistics import releases
from grievances.statistics.periods import Half
from grievances.statistics.sheets import digest_of
from grievances.statistics.tables import ACKNOWLEDGED, TABLES
from tests.grievances import kit
from tests.grievances.cast import Cast
from tests.grievances.statistics.made import FEW, FIRST, SECOND, USUAL, store
from tests.grievances.statistics.test_releases import released
from tests.visitor import Visitor

pytestmark = [pytest.mark.django_db(databases=["default", "keys"]), pytest.mark.everywhere]


@pytest.fixture
def steering(cast: Cast) -> Client:
    return cast.browser("steering")


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def main_of(shown: str) -> str:
    """Return the page without what surrounds it, and without the token that each form carries anew."""
    main = shown[shown.index("<main") : shown.index("</main>")]
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", main)


# What steering reads


def test_before_the_first_release_the_page_says_when_there_will_be_one(steering: Client) -> None:
    assert "There is no release yet." in page(steering, "/statistics/")


def test_what_waits_is_not_shown_to_steering_in_any_way(steering: Client) -> None:
    empty = main_of(page(steering, "/statistics/"))
    store(FIRST, USUAL)
    approving.prepare_due()
    assert main_of(page(steering, "/statistics/")) == empty
    assert steering.get("/statistics/2024-H1/").status_code == 404
    assert steering.get("/statistics/approval/").status_code == 404


def test_the_run_of_releases_and_its_years(steering: Client) -> None:
    for half in (FIRST, SECOND):
        released(half)
    shown = page(steering, "/statistics/")
    assert re.findall(r'href="/statistics/(20[^"]+)/"', shown) == ["2024-H2", "2024-H1"]
    assert re.findall(r'href="/statistics/years/(\d+)/"', shown) == ["2024"]


def test_a_release_at_a_glance(steering: Client) -> None:
    ready = released(FIRST)
    shown = page(steering, "/statistics/2024-H1/")
    assert "At least 10 concerns were closed." in shown
    assert "Most often: resolved one-on-one, about 10. Then: withdrawn, about 5. 6 kinds had too few to show." in shown
    assert "about 10 (8 to 12)" in shown
    assert "about 5 (5 to 7)" in shown
    assert digest_of(ready) in shown


def test_each_picture_has_its_table_and_draws_what_is_hidden_as_hidden(steering: Client) -> None:
    ready = released(FIRST)
    shown = page(steering, "/statistics/2024-H1/")
    hidden = [cell for cell in ready.cells if cell.status == "hidden"]
    assert shown.count("<svg") == shown.count("<caption>") == len(TABLES)
    assert shown.count('class="chart__hidden"') == len(hidden)
    assert shown.count("<td>too few to show</td>") == len(hidden)
    assert "style=" not in shown


def test_whether_a_hidden_number_is_nothing_or_four_makes_no_difference_on_the_page(steering: Client) -> None:
    released(FIRST, {**USUAL, ACKNOWLEDGED: {"in_time": 16, "late": 0}})
    released(SECOND, {**USUAL, ACKNOWLEDGED: {"in_time": 16, "late": 4}})
    pages = [main_of(page(steering, f"/statistics/{half}/")) for half in (FIRST, SECOND)]
    assert re.sub("2024-H2|[0-9a-f]{64}", "", pages[1]) == re.sub("2024-H1|[0-9a-f]{64}", "", pages[0])


def test_the_sheet_is_what_the_hash_is_of(steering: Client) -> None:
    ready = released(FIRST)
    answer = steering.get("/statistics/2024-H1/sheet/")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert hashlib.sha256(answer.content).hexdigest() == digest_of(ready)
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert list(rows[0]) == ["release", "period", "table", "category", "count", "status"]
    assert {(row["release"], row["period"]) for row in rows} == {("2024-H1", "2024-H1")}
    assert {row["status"] for row in rows} == {"shown", "hidden", "at_least"}
    assert [row["count"] for row in rows if row["status"] == "hidden" and row["count"]] == []
    assert [row["category"] for row in rows if row["status"] == "at_least"] == ["total"] * len(TABLES)


def test_a_year_shows_its_two_releases_side_by_side_and_never_their_sum(steering: Client) -> None:
    for half in (FIRST, SECOND):
        released(half)
    shown = page(steering, "/statistics/years/2024/")
    assert shown.count("<td>about 10 (8 to 12)</td>") % 2 == 0
    assert re.findall(r"about (\d+) ", shown)
    assert set(re.findall(r"about (\d+) ", shown)) == {"5", "10", "15"}


def test_a_release_of_two_half_years_stands_in_both_its_years(steering: Client) -> None:
    store(SECOND, FEW)
    released(Half(2025, 1))
    for year in (2024, 2025):
        assert "2024-H2/2025-H1" in page(steering, f"/statistics/years/{year}/")
    assert steering.get("/statistics/years/2023/").status_code == 404


def test_released_numbers_that_were_changed_are_not_shown(steering: Client) -> None:
    released(FIRST)
    triggers.remove(connection)
    ReleaseCell.objects.filter(status="shown").update(count=90)
    for path in ("", "2024-H1/", "2024-H1/sheet/", "years/2024/"):
        answer = steering.get(f"/statistics/{path}")
        assert answer.status_code == 500
        assert "not as the record has them" in answer.content.decode()
        assert "90" not in main_of(answer.content.decode())


def test_a_longer_run_costs_no_more_queries(steering: Client) -> None:
    released(FIRST)
    with CaptureQueriesContext(connection) as one:
        page(steering, "/statistics/")
    for half in (SECOND, Half(2025, 1)):
        released(half)
    with CaptureQueriesContext(connection) as three:
        page(steering, "/statistics/")
    assert len(one) == len(three)


@pytest.mark.parametrize("path", ["2024-H3/", "2024/", "2024-h1/", "2024-H1.csv", "2024-H2/", "2024-H1/withdrawn/"])
def test_there_is_no_other_period_to_ask_for(steering: Client, path: str) -> None:
    released(FIRST)
    assert steering.get(f"/statistics/{path}").status_code == 404


def test_no_question_added_to_an_address_changes_its_page(steering: Client) -> None:
    released(FIRST)
    for path in ("/statistics/", "/statistics/2024-H1/"):
        asked = page(steering, f"{path}?from=2024-01-01&to=2024-02-01&outcome=withdrawn&article=5")
        assert main_of(asked) == main_of(page(steering, path))


# What two people approve


def test_two_people_approve_what_they_see_and_steering_reads_it(cast: Cast, steering: Client) -> None:
    store(FIRST, USUAL)
    approving.prepare_due()
    for login in ("mediator", "intake"):
        cast[login]
        Visitor.logged_in(login).press("/statistics/approval/", digest=waits())
    assert "2024-H1" in page(steering, "/statistics/")


def waits() -> str:
    ready = approving.waiting()
    assert ready is not None
    return digest_of(ready)


def test_who_has_approved_is_told_that_a_second_person_is_needed(cast: Cast) -> None:
    store(FIRST, USUAL)
    approving.prepare_due()
    mediator, digest = cast.browser("mediator"), waits()
    mediator.post("/statistics/approval/", {"digest": digest})
    shown = page(mediator, "/statistics/approval/")
    assert "It waits for a second person." in shown
    assert "Approve this release" not in shown
    again = mediator.post("/statistics/approval/", {"digest": digest})
    assert again.status_code == 409
    assert "It takes a second person." in again.content.decode()


def test_with_nothing_to_approve_the_page_says_so(cast: Cast) -> None:
    assert "Nothing waits to be approved." in page(cast.browser("mediator"), "/statistics/approval/")


def test_who_approves_sees_what_steering_will_see_and_no_count_behind_it(cast: Cast) -> None:
    store(FIRST, USUAL)
    approving.prepare_due()
    shown = page(cast.browser("intake"), "/statistics/approval/")
    assert "about 10 (8 to 12)" in shown
    assert re.findall(r">\s*(?:12|11|16)\s*<", shown) == []


def long_ago(client: Client) -> None:
    """Let the time pass in which a password just typed counts."""
    session = client.session
    session[CONFIRMED_AT] = int(time.time()) - 301
    session.save()


def test_approving_asks_for_the_password_when_it_was_typed_long_ago(cast: Cast) -> None:
    store(FIRST, USUAL)
    approving.prepare_due()
    mediator = cast.browser("mediator")
    long_ago(mediator)
    answer = mediator.post("/statistics/approval/", {"digest": waits()})
    assert answer.status_code == 403
    assert "accounts/unlock.html" in [template.name for template in answer.templates]
    ready = approving.waiting()
    assert ready is not None
    assert releases.approvers(ready) == set()


# What leaves the committee


def designated(cast: Cast, *logins: str) -> None:
    if not roles.holds(cast.user("steering2"), SiteRole.STEERING):
        kit.steering(cast)
    for login in logins:
        answer = cast.browser(login).post("/statistics/2024-H1/designate/")
        assert answer.status_code == 302


def test_a_release_is_taken_as_a_pdf_once_two_people_designated_it(cast: Cast) -> None:
    ready = released(FIRST)
    designated(cast, "steering")
    browser, path = cast.browser("steering"), "/statistics/2024-H1/paper/"
    assert browser.get(path).status_code == browser.post(path, {"whom": "members", "needed": "on"}).status_code == 403
    designated(cast, "steering2")
    assert browser.post(path, {"whom": "members"}).status_code == 422
    answer = browser.post(path, {"whom": "members", "needed": "on"})
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    told = [entry for entry in entries(releases.CHAIN) if entry.event == releases.SHARED]
    assert [(entry.actor, entry.details) for entry in told] == [
        (cast.user("steering").handle, {"release": ready.name, "whom": "members"})
    ]


def test_nobody_designates_a_release_twice(cast: Cast) -> None:
    ready = released(FIRST)
    designated(cast, "steering")
    again = cast.browser("steering").post("/statistics/2024-H1/designate/")
    assert again.status_code == 409
    assert "It takes a second person." in again.content.decode()
    assert len(releases.designators(ready)) == 1


@pytest.mark.parametrize("path", ["designate", "paper"])
def test_what_leaves_the_committee_asks_for_the_password(cast: Cast, path: str) -> None:
    ready = released(FIRST)
    browser = cast.browser("steering")
    long_ago(browser)
    answer = browser.post(f"/statistics/2024-H1/{path}/", {"whom": "members", "needed": "on"})
    assert answer.status_code == 403
    assert "accounts/unlock.html" in [template.name for template in answer.templates]
    assert releases.designators(ready) == set()
