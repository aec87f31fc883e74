from __future__ import annotations

from grievances.demo.cast import CAST, PASSWORD
from grievances.workflow import Stage
from tests.grievances.demo.conftest import Site


def test_it_ends_by_telling_every_login_what_each_finds_and_the_one_password(site: Site) -> None:
    lines = site.report["first"].splitlines()
    assert [line.split()[0] for line in lines if line.startswith("  ")] == [figure.login for figure in CAST]
    assert lines[-1].endswith(PASSWORD)


def test_the_logins_are_those_that_were_promised() -> None:
    promised = {"member", "respondent", "mediator", "mediator2", "intake", "steering", "secretary"}
    assert promised - {figure.login for figure in CAST} == set()


def test_a_second_run_adds_nothing_and_tells_the_logins_again(site: Site) -> None:
    assert site.report["added again"] == [0, 0]
    first, again = (site.report[run].splitlines() for run in ("first", "again"))
    assert again[0] == "The demo is there already."
    assert again[1:] == first[2:]


def test_every_stage_of_the_way_has_a_case(site: Site) -> None:
    assert {stage for stage, count in site.report["stages"].items() if count > 1} == set(Stage.values)


def test_the_ledger_holds(site: Site) -> None:
    assert site.report["fault"] == "None"
