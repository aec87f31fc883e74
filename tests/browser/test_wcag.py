"""
What WCAG 2.2 asks of a site like this one, where no tool can tell: each line with its test.

Elsewhere: 1.4.3 and 1.4.11 in `tests/house/test_look.py`; 1.3.1, 1.4.10, 2.5.8, 3.1.1, 3.2.6, 3.3.2 and 4.1.2 on every
page in `test_every_page.py`; 2.1.1, 2.1.2 and 2.4.7 (the keyboard) and 2.2.1 in `test_stories.py`; 2.1.4 in
`test_leave.py`; 3.3.1 and 3.3.3 in `tests/house/test_forms.py` and `test_frame.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from grievances.actions import intake
from tests.browser.people import Visit, visit
from tests.grievances.cast import DRAFT, Cast, Walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "keys"])]

ROOT = Path(__file__).parents[2]
COVERED = """() => { const box = document.activeElement.getBoundingClientRect();
  const out = document.querySelector('.leave__link').getBoundingClientRect();
  return document.activeElement !== document.querySelector('.leave__link') && box.width > 0
    && box.left >= out.left && box.right <= out.right && box.top >= out.top && box.bottom <= out.bottom; }"""
NAME = "document.activeElement.textContent.trim().slice(0, 40)"
PASTED = """field => { const event = new ClipboardEvent('paste', {cancelable: true, bubbles: true});
  return field.dispatchEvent(event) && !field.readOnly; }"""
TYPED_IN = "main input:not([type=hidden])"
FILLED = "fields => fields.map(field => [field.name, field.autocomplete])"


@pytest.fixture
def member(browser: Browser, live_server: LiveServer, cast: Cast) -> Iterator[Visit]:
    cast["member"]
    with visit(browser, live_server.url, "member") as visitor:
        yield visitor


@pytest.fixture
def going(cast: Cast) -> Walk:
    """A concern whose draft is written."""
    begun = Walk.begin(cast)
    begun.written()
    return begun


def test_1_4_1_where_a_case_stands_is_said_in_words(member: Visit, cast: Cast) -> None:
    going = Walk.begin(cast)
    going.filed()
    member.open(f"/cases/{going.case.reference}/")
    states = {
        re.search(r"--(\w+)", stop.get_attribute("class") or "")[1]: stop.inner_text().split("\n")[1:]  # type: ignore[index]
        for stop in member.page.locator(".way__stop").all()
    }
    assert states == {
        "passed": ["Done"],
        "here": ["You are here"],
        "next": ["Next"],
        "ahead": [],
        "aside": ["Only if needed"],
    }


def test_2_4_11_the_way_out_never_covers_what_has_the_focus(member: Visit, going: Walk) -> None:
    member.open(f"/cases/{going.case.reference}/draft/")
    seen: list[str] = []
    for _press in range(60):
        member.page.keyboard.press("Tab")
        seen.append(member.page.evaluate(NAME))
        assert not member.page.evaluate(COVERED), seen
    for _press in range(50):
        member.page.keyboard.press("Shift+Tab")
        assert not member.page.evaluate(COVERED), seen
    assert len(set(seen)) > 20


def test_2_5_7_nothing_is_done_by_dragging() -> None:
    ours = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static").glob("*.js")]
    assert len(ours) > 100
    assert [path.name for path in ours if "drag" in path.read_text(encoding="utf-8")] == []


def test_3_3_4_every_answer_can_be_checked_and_changed_before_it_is_filed(member: Visit, going: Walk) -> None:
    member.open(f"/cases/{going.case.reference}/s01/")
    assert DRAFT["saw"] in member.reads()
    member.page.get_by_role("link", name="Change What I saw or heard").click()
    member.fill(saw="Something else.")
    member.press("Save and check")
    assert "Something else." in member.reads()
    assert going.case.filed_at is None


def test_3_3_7_nothing_is_asked_twice(member: Visit, going: Walk) -> None:
    for path in ("draft/", "draft/questions/q02/"):
        member.open(f"/cases/{going.case.reference}/{path}")
        assert member.page.locator('main [name="saw"]').input_value() == DRAFT["saw"]


def test_3_3_8_a_login_needs_no_memory_and_no_puzzle(browser: Browser, live_server: LiveServer) -> None:
    with visit(browser, live_server.url) as visitor:
        for path in (reverse("accounts:login"), reverse("accounts:forgotten")):
            visitor.open(path)
            assert takes_what_is_pasted(visitor) > 1
            assert visitor.page.locator("main img, main canvas").count() == 0


def test_3_3_8_a_code_from_an_app_can_be_pasted(member: Visit) -> None:
    member.open(reverse("accounts:new_app"))
    assert takes_what_is_pasted(member) == 1
    assert member.page.locator(TYPED_IN).evaluate_all(FILLED) == [["code", "one-time-code"]]


def takes_what_is_pasted(visitor: Visit) -> int:
    """Return how many fields there are, each of which takes what is pasted."""
    fields = visitor.page.locator(TYPED_IN).all()
    assert [field for field in fields if not field.evaluate(PASTED)] == []
    return len(fields)


def test_1_3_5_ones_own_fields_are_filled_by_the_browser_and_those_of_others_are_not(
    browser: Browser, live_server: LiveServer, cast: Cast, member: Visit, going: Walk
) -> None:
    cast["secretary"]
    with visit(browser, live_server.url, "secretary") as secretary:
        secretary.open("/accounts/members/invite/")
        others = secretary.page.locator(TYPED_IN).evaluate_all(FILLED)
    with visit(browser, live_server.url) as visitor:
        visitor.open("/accounts/login/")
        own = visitor.page.locator(TYPED_IN).evaluate_all(FILLED)
    member.open(f"/cases/{going.case.reference}/draft/")
    others += member.page.locator('main [name="named"]').evaluate_all(FILLED)
    assert own == [["login", "username"], ["password", "current-password"]]
    assert {autocomplete for _name, autocomplete in others} == {"off"}
    assert "named" in dict(others)


def test_4_1_3_what_was_done_is_told_to_a_screen_reader(member: Visit, going: Walk) -> None:
    member.open(f"/cases/{going.case.reference}/draft/")
    member.press("Save draft")
    told = member.page.locator("main [role=status]").filter(has_text="Your draft is saved.")
    assert told.count() == 1
    saved = intake.draft_of(going.case)
    assert saved is not None
