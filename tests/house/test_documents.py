from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
NAMED = re.compile(r"`((?:tests|caracol|grievances|conduct)/[\w/.]+)`")
LINKED = re.compile(r"\]\((?!https?:)([^)#]+)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_whatever_a_document_names_or_links_to_is_there(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    named = [ROOT / path for path in NAMED.findall(text)]
    linked = [document.parent / path for path in LINKED.findall(text)]
    assert [str(path) for path in (*named, *linked) if not path.exists()] == []


def test_every_line_of_the_threat_table_names_the_tests_that_show_it() -> None:
    table = [line for line in (ROOT / "SECURITY.md").read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    # Without a test: whoever runs the server.
    silent = [line.split("|")[1].strip() for line in table[1:] if "`tests/" not in line]
    assert silent == ["whoever runs the server and means harm"]


PICTURES = sorted((ROOT / "docs").rglob("*.webp"))
TAKEN = re.compile(r'\.picture\("([\w-]+)"')


def test_every_picture_of_the_guides_is_taken_by_a_browser_test_and_shown() -> None:
    taken = {name for path in (ROOT / "tests" / "browser").glob("*.py") for name in TAKEN.findall(path.read_text())}
    shown = {
        Path(path).stem for each in (ROOT / "docs" / "guides").glob("*.md") for path in LINKED.findall(each.read_text())
    }
    there = {picture.stem for picture in PICTURES if picture.parent.name == "pictures"}
    assert taken == there
    assert there <= shown


def test_a_guide_opens_quickly() -> None:
    assert len(PICTURES) > 10
    assert [picture.name for picture in PICTURES if picture.stat().st_size > 60 * 1024] == []
