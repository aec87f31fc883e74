from __future__ import annotations

import re
from pathlib import Path

from benchmarks import shown_counts

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "statistics.md").read_text(encoding="utf-8")
MEASURED = re.compile(r"<!-- measured:.*?-->\n(.*?)<!-- the end of what was measured -->", re.DOTALL)


def test_the_page_shows_what_is_measured() -> None:
    assert MEASURED.findall(PAGE) == [shown_counts.table()]


def test_every_attack_on_the_page_is_tried_by_a_test_that_is_there() -> None:
    here = Path(__file__).parent
    attacks = (here / "test_auditor.py").read_text(encoding="utf-8")
    named = re.findall(r"`(test_\w+)`", PAGE)
    assert [name for name in named if f"def {name}(" not in attacks] == []
    assert [file for file in re.findall(r"`(test_\w+\.py)`", PAGE) if not (here / file).exists()] == []
    assert len(named) > 10
