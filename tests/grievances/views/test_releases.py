from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import re
import time
from functools import partial

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from caracol.accounts import roles
from caracol.accounts.actor import CONFIRMED_AT
from caracol.accounts.models import SiteRole
from caracol.ledger import triggers
from caracol.ledger.chain import entries
from grievances.actions import releases as approving
from grievances.events import Event
from grievances.models import Designation, ReleaseCell
from grievances.statistics import releases, sharing
from grievances.statistics.auditor import audit
from grievances.statistics.disclosure import protect_counts
from grievances.statistics.periods import Half
from grievances.statistics.sheets import digest_of
from grievances.statistics.tables import ACKNOWLEDGED, SURVEY, TABLES
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


def test_the_sheet_is_what_the_hash_is_of(cast: Cast) -> None:
    ready = released(FIRST)
    answer = taken(cast, "sheet")
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


def test_a_release_from_before_a_table_was_added_lies_beside_a_newer_one(
    steering: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = tuple(table for table in TABLES if table is not SURVEY)
    with monkeypatch.context() as before:
        before.setattr("grievances.statistics.releases.protect_counts", partial(protect_counts, tables=older))
        before.setattr("grievances.statistics.releases.audit", partial(audit, tables=older))
        released(FIRST)
    released(SECOND)
    assert "not counted yet" in page(steering, "/statistics/years/2024/")
    assert "What people said of the process" not in page(steering, "/statistics/2024-H1/")
    assert "What people said of the process" in page(steering, "/statistics/2024-H2/")


def test_a_reader_of_spanish_reads_the_same_numbers_in_words_of_theirs(steering: Client) -> None:
    released(FIRST)
    english = page(steering, "/statistics/2024-H1/")
    steering.post("/language/", {"language": "es"})
    spanish = page(steering, "/statistics/2024-H1/")
    assert "resuelto uno a uno" in spanish
    assert "resolved one-on-one" not in spanish
    digest = re.findall(r"[0-9a-f]{64}", english)
    assert digest
    assert re.findall(r"[0-9a-f]{64}", spanish) == digest
    # A picture's measures are numbers of SVG, not of a language.
    assert re.findall(r'<rect[^>]* width="(\d+)"', spanish) == re.findall(r'<rect[^>]* width="(\d+)"', english)


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


DESIGNATED = {"recipient": "members", "until": (timezone.localdate() + dt.timedelta(days=7)).isoformat()}
WAITS = {"waits": "1", "who": "members", "why": "answer", "what": "release", "needed": "yes"}


def taken(cast: Cast, path: str) -> HttpResponse:
    """Return what steering takes out of the first release, once two of them designated it."""
    designated(cast, "steering", "steering2")
    return cast.browser("steering").post(f"/statistics/2024-H1/{path}/", WAITS)  # type: ignore[return-value]  # the client's


def designated(cast: Cast, *logins: str) -> None:
    if not roles.holds(cast.user("steering2"), SiteRole.STEERING):
        kit.steering(cast)
    for login in logins:
        answer = cast.browser(login).post("/statistics/2024-H1/designate/", DESIGNATED)
        assert answer.status_code == 302


def test_a_release_is_taken_as_a_pdf_once_two_people_designated_it(cast: Cast) -> None:
    ready = released(FIRST)
    designated(cast, "steering")
    browser, path = cast.browser("steering"), "/statistics/2024-H1/paper/"
    assert browser.get(path).status_code == browser.post(path, WAITS).status_code == 403
    designated(cast, "steering2")
    answer = browser.post(path, WAITS)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    told = [entry for entry in entries(releases.CHAIN) if entry.event == sharing.SHARED]
    assert [(entry.actor, entry.details) for entry in told] == [
        (cast.user("steering").handle, {"release": ready.name, "thing": "paper", "whom": "members", "why": "answer"})
    ]
    assert "you took a release of numbers, as a PDF, for members of the Caucus" in page(browser, "/statistics/2024-H1/")


@pytest.mark.parametrize("path", ["paper", "sheet", "page"])
def test_no_release_leaves_by_being_asked_for_or_with_an_answer_left_out(cast: Cast, path: str) -> None:
    released(FIRST)
    designated(cast, "steering", "steering2")
    browser, path = cast.browser("steering"), f"/statistics/2024-H1/{path}/"
    asked = [browser.get(path), browser.post(path)]
    asked += [browser.post(path, {name: told for name, told in WAITS.items() if name != left}) for left in WAITS]
    asked += [browser.post(path, {**WAITS, "needed": "no"})]
    assert [answer.status_code for answer in asked] == [200, 200, 200, 422, 422, 422, 422, 422]
    assert {answer.headers["Content-Type"] for answer in asked} == {"text/html; charset=utf-8"}
    assert [entry for entry in entries(releases.CHAIN) if entry.event == sharing.SHARED] == []
    assert "checked" not in page(browser, path)


def test_a_page_to_print_leaves_in_the_same_way(cast: Cast) -> None:
    released(FIRST)
    answer = taken(cast, "page")
    assert "grievances/release_print.html" in [template.name for template in answer.templates]  # type: ignore[attr-defined]  # the client's
    [told] = entries(releases.CHAIN, sharing.SHARED)
    assert told.details["thing"] == "page"


def test_nobody_designates_a_release_twice(cast: Cast) -> None:
    released(FIRST)
    designated(cast, "steering")
    again = cast.browser("steering").post("/statistics/2024-H1/designate/", DESIGNATED)
    assert again.status_code == 409
    assert "It takes a second person." in again.content.decode()
    assert approving.standing(releases.frozen()[0]) is None
    assert Designation.objects.count() == 1


@pytest.mark.parametrize("path", ["designate", "paper"])
def test_what_leaves_the_committee_asks_for_the_password(cast: Cast, path: str) -> None:
    released(FIRST)
    designated(cast, *(("steering2", "steering") if path == "paper" else ()))
    before = len(entries(releases.CHAIN, Event.DESIGNATED))
    browser = cast.browser("steering")
    long_ago(browser)
    answer = browser.post(f"/statistics/2024-H1/{path}/", WAITS)
    assert answer.status_code == 403
    assert "accounts/unlock.html" in [template.name for template in answer.templates]
    assert len(entries(releases.CHAIN, Event.DESIGNATED)) == before


def test_a_designation_ends_with_its_day_for_its_people_and_when_one_takes_it_back(cast: Cast) -> None:
    released(FIRST)
    assert taken(cast, "sheet").status_code == 200
    browser = cast.browser("steering")
    # 422: for members it is, and for nobody else.
    assert browser.post("/statistics/2024-H1/sheet/", {**WAITS, "who": "others"}).status_code == 422
    browser.post("/statistics/2024-H1/designate/", {"deed": "take_back"})
    assert browser.post("/statistics/2024-H1/sheet/", WAITS).status_code == 403


def test_a_designation_that_somebody_wrote_into_the_database_lets_nothing_leave(cast: Cast) -> None:
    released(FIRST)
    designated(cast, "steering")
    Designation.objects.update(second=cast.user("steering2"))
    assert cast.browser("steering").post("/statistics/2024-H1/sheet/", WAITS).status_code == 403


def test_two_who_say_different_things_designate_nothing(cast: Cast) -> None:
    released(FIRST)
    designated(cast, "steering")
    other = {**DESIGNATED, "recipient": "others"}
    cast.browser("steering2").post("/statistics/2024-H1/designate/", other)
    assert cast.browser("steering").post("/statistics/2024-H1/paper/", WAITS).status_code == 403
