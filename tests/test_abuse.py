"""
What the audits of systems like this one have found, and the tests that it is not so here.

Each line names a fault that somebody had, and where it is tried. A test that is renamed or goes must be named anew.
"""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

import pytest

from grievances.models import Case, Clock
from grievances.workflow import Stage, Step
from tests.grievances.cast import Cast, walk
from tests.grievances.views.pages import at

HERE = Path(__file__).parent
MATRIX = "test_access_matrix.py::test_everybody_gets_the_answers_that_the_table_says"
FAULTS: dict[str, tuple[str, ...]] = {
    "A list page showed what the detail page hid": (
        "grievances/test_access.py::test_who_has_none_finds_it_by_none",
        "grievances/views/test_desk.py::test_a_conflict_takes_a_case_out_of_every_list",
        "grievances/views/test_desk.py::test_who_may_not_know_where_a_case_stands_can_not_ask_by_narrowing",
    ),
    "Sessions lived on after a password change, a role change, deletion": (
        "accounts/views/test_password.py::test_every_other_session_ends_and_this_one_goes_on",
        "accounts/test_open_sessions.py::test_a_role_given_ends_every_session",
        "accounts/test_open_sessions.py::test_a_role_ended_ends_every_session",
        "accounts/test_open_sessions.py::test_deactivation_ends_every_session",
    ),
    "Sessions awaiting a second factor or a change were not confined": (
        "accounts/second_factor/test_gate.py::test_before_the_second_factor_every_address_leads_to_the_page_that_asks",
        "accounts/second_factor/test_gate.py::test_who_must_still_set_one_up_reaches_the_pages_for_that_and_no_other",
        "accounts/second_factor/test_gate.py::test_the_walk_covers_the_site",
    ),
    "A TOTP code could be used twice": (
        "accounts/second_factor/test_app.py::test_a_code_works_once",
        "accounts/second_factor/test_app.py::test_of_many_who_bring_the_code_at_the_same_moment_one_is_let_through",
    ),
    "Another user's TOTP secret could be read or enrolled by changing an id": (
        "accounts/second_factor/test_factors.py::test_nobody_is_shown_another_person_s",
        "accounts/second_factor/test_factors.py::test_nobody_removes_another_person_s",
        "accounts/second_factor/test_app.py::test_a_secret_moved_to_another_person_s_row_lets_nobody_through",
    ),
    "Logout without CSRF protection": (
        "accounts/second_factor/test_gate.py::test_logging_out_stays_open_and_asks_for_a_form_of_our_own",
        "house/test_headers.py::test_a_form_of_our_own_still_needs_its_token",
    ),
    "A number that decides priority was trusted from the client": (
        "test_abuse.py::test_what_a_form_does_not_ask_is_not_taken_from_it",
    ),
    "Status transitions were not validated on the server": (
        "grievances/actions/test_gate.py::test_a_step_of_another_seat_is_not_yours",
        "test_abuse.py::test_no_step_is_taken_out_of_its_stage_whatever_is_posted",
        "test_machine.py::test_no_random_walk_of_random_people_leaves_the_way",
    ),
    "Unbounded recursion in posted answers": ("test_abuse.py::test_answers_within_answers_are_only_text",),
    "Any handler could act on another handler's files": (
        "grievances/views/test_files.py::test_a_file_without_a_key_to_its_room_is_no_file_at_all",
        "grievances/views/test_files.py::test_nobody_elses_file_can_be_taken_back",
        "grievances/views/test_rooms.py::test_a_room_of_another_case_is_not_found_under_this_one",
    ),
    "Deletion without a second look: a person named in a report could wipe it": (MATRIX,),
    "Disabled users still got notifications; notification switches were ignored": (
        "letters/test_sending.py::test_nobody_writes_to_a_closed_account",
        "letters/test_cadences.py::test_who_never_chose_is_written_to_never",
        "letters/test_sending.py::test_what_is_not_true_any_more_is_not_sent_then_or_later",
    ),
    "One mail per event revealed activity by its timing": (
        "letters/test_cadences.py::test_daily_means_up_to_the_last_time_of_the_hour_in_ones_own_zone",
        "letters/test_sending.py::test_letters_to_different_people_differ_in_address_and_id_alone",
    ),
    "Failed deeds were rolled back out of the audit log with the failing transaction": (
        "grievances/actions/test_gate.py::test_a_refusal_is_recorded_and_leaves_nothing_else",
        "grievances/actions/test_gate.py::test_a_step_refused_halfway_through_its_effect_leaves_nothing",
    ),
    "Redis without a password": ("house/test_checks.py::test_production_gives_redis_a_password",),
    "One brute-force counter for the whole site": (
        "limits/test_doors.py::test_others_cannot_lock_a_person_out_of_a_browser_they_know",
        "limits/test_doors.py::test_one_address_cannot_fill_the_line",
    ),
    "A receipt in the clear in a cookie": (
        "vault/test_session.py::test_neither_session_nor_cookie_shows_the_keys",
        "accounts/views/test_receipt.py::test_a_wrong_receipt_is_refused_and_its_secret_is_on_no_page",
    ),
    "A reset link that alone unlocked the data": (
        "accounts/views/test_password.py::test_a_recovery_row_alone_resets_nothing",
        "grievances/actions/test_renewed.py::test_everything_closes_at_once_and_the_rooms_are_turned",
    ),
    "A forwarded case leaked internal ids and staff names": (
        "grievances/views/test_rooms.py::test_authors_are_called_by_their_part",
    ),
    "After an upgrade, notes written for staff became visible to reporters": (
        "vault/test_ladder.py::test_an_entry_opens_for_its_own_facts_only",
    ),
    "A transition called from code never checks its permission; lost updates go unseen": (
        "grievances/actions/test_gate.py::test_a_seat_written_into_the_database_takes_no_step",
        "grievances/actions/test_gate.py::test_whoever_saw_an_older_version_is_told_that_somebody_was_faster",
    ),
    "django-guardian before 3.5.1, superusers, model-level grants, inactive users": (
        "test_abuse.py::test_guardian_is_newer_than_its_hole",
        "grievances/test_access.py::test_a_superuser_finds_nothing",
        "grievances/test_access.py::test_a_permission_on_the_whole_model_opens_nothing",
        "grievances/test_access.py::test_an_inactive_person_finds_nothing_any_more",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_tried_by_tests_that_are_there(fault: str) -> None:
    for named in FAULTS[fault]:
        file, _two, name = named.partition("::")
        assert re.search(rf"^def {name}\(", (HERE / file).read_text(), re.MULTILINE), named


@pytest.mark.django_db(databases=["default", "keys"])
def test_what_a_form_does_not_ask_is_not_taken_from_it(cast: Cast) -> None:
    going = walk(cast, "taken_in")
    due = list(Clock.objects.filter(case=going.case).values_list("kind", "due_on"))
    forged = {
        "stage": "closed",
        "actioned_how": "held",
        "outcome": "withdrawn",
        "due_on": "2020-01-01",
        "priority": "9",
    }
    version = Case.objects.get(pk=going.case.pk).version
    who = cast.user("mediator").handle
    answer = cast.browser("intake").post(at(going, f"{Step.ASK.value}/"), {"version": version, "who": who, **forged})
    case = Case.objects.get(pk=going.case.pk)
    assert (answer.status_code, case.stage, case.actioned_how, case.outcome) == (302, Stage.INTAKE, "", "")
    assert list(Clock.objects.filter(case=case).values_list("kind", "due_on")) == due


@pytest.mark.django_db(databases=["default", "keys"])
def test_no_step_is_taken_out_of_its_stage_whatever_is_posted(cast: Cast) -> None:
    going, browser = walk(cast, "distinguished"), cast.browser("mediator")
    before = Case.objects.get(pk=going.case.pk)
    for step in (Step.AGREE, Step.COMPLETE_AMENDS, Step.RECORD_ANSWER, Step.REFER):
        sent = {"version": before.version, "text": "Now.", "who": "a", "why": "b", "what": "c", "needed": "d"}
        assert browser.post(at(going, f"{step.value}/"), {**sent, "heard": "heard"}).status_code in {409, 422}
    after = Case.objects.get(pk=going.case.pk)
    assert (after.stage, after.version) == (before.stage, before.version)


@pytest.mark.django_db(databases=["default", "keys"])
def test_answers_within_answers_are_only_text(cast: Cast) -> None:
    going = walk(cast, "served")
    deep = "[" * 20_000
    room = going.case.rooms.get(kind="mediators").token
    answer = cast.browser("mediator").post(at(going, f"rooms/{room}/"), {"text": deep, "text[a][b]": deep})
    assert answer.status_code == 302
    assert deep in cast.browser("mediator2").get(at(going, f"rooms/{room}/")).content.decode()


def test_guardian_is_newer_than_its_hole() -> None:
    assert tuple(int(part) for part in version("django-guardian").split(".")[:3]) >= (3, 5, 1)
