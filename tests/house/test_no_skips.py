from __future__ import annotations

from pathlib import Path

import pytest

from tests import no_skips

PASSED = '<testcase classname="tests.a" name="test_one"/>'
SKIPPED = '<testcase classname="tests.a" name="test_two"><skipped message="no browser"/></testcase>'


def report(folder: Path, *cases: str) -> str:
    path = folder / "report.xml"
    path.write_text(f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>", encoding="utf-8")
    return str(path)


def test_a_run_without_skips_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert no_skips.main([report(tmp_path, PASSED)]) == 0
    assert capsys.readouterr().out == "1 tests ran, 0 were skipped.\n"


def test_a_skipped_test_fails_it_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert no_skips.main([report(tmp_path, PASSED, SKIPPED)]) == 1
    assert capsys.readouterr().out == "skipped: tests.a.test_two: no browser\n1 tests ran, 1 were skipped.\n"
