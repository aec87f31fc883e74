"""
The words that people read, as they stand in the templates and the code: how hard they are, and what they never say.

The grade is the automated readability index, which counts letters, words and sentences and needs no dictionary.
`docs/readability.md` holds every figure: `--write-readability` writes it anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import textstat
from babel.messages.extract import extract_from_dir

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
GRADE = 8
# A grade of a few words says nothing: these are measured together.
ENOUGH, SHORT = 30, "the pages of fewer than thirty words, together"
FIGURES = ROOT / "docs" / "readability.md"
ANEW = "Write it anew: python -m pytest -n 0 tests/language/test_words.py --write-readability"
HEAD = """# How hard the words are

The grade of every English page, by the automated readability index: 8 is what somebody reads after eight years at
school, and what no page may exceed. What is filled in (a date, a name) counts as one short word.
`tests/language/test_words.py` measures it, writes this page and compares.

| page | grade |
|---|---|
"""

MARKED = re.compile(
    r"""\{%\ translate\ "(?P<double>[^"]*)" | \{%\ translate\ '(?P<single>[^']*)' | \b_\("(?P<given>[^"]*)"\)
      | \{%\ blocktranslate.*?%\}(?P<block>.*?)(?:\{%\ plural\ %\}.*?)?\{%\ endblocktranslate\ %\}""",
    re.VERBOSE | re.DOTALL,
)


def said_in(template: Path) -> list[str]:
    """Return what a template says, sentence by sentence; what is filled in counts as one short word."""
    found = [match.group(match.lastgroup or 0) for match in MARKED.finditer(template.read_text(encoding="utf-8"))]
    lines = [re.sub(r"\{\{.*?\}\}", "it", each).strip() for each in found]
    return [line if line[-1:] in ".?!:" else f"{line}." for line in lines if line]


def said_in_code() -> Iterator[str]:
    for app in ("caracol", "conduct", "grievances"):
        found = extract_from_dir(ROOT / app, [("**.py", "python")], keywords={"_": None, "gettext_lazy": None})
        yield from (str(message) for _file, _line, message, _comments, _context in found)


def grade(lines: list[str]) -> float:
    return float(textstat.automated_readability_index(" ".join(lines)))


@cache
def measured() -> dict[str, list[str]]:
    """Return what is said, page by page; the pages of few words together, and what the code says."""
    said = {str(path.relative_to(TEMPLATES)): said_in(path) for path in sorted(TEMPLATES.rglob("*.html"))}
    long = {page: lines for page, lines in said.items() if len(" ".join(lines).split()) >= ENOUGH}
    short = [line for page, lines in said.items() if page not in long for line in lines]
    code = [f"{line.rstrip('.')}." for line in said_in_code()]
    return {**long, SHORT: short, "what the code says": code}


def written() -> str:
    """Return the figures as `docs/readability.md` holds them, the hardest first."""
    figures = [(round(grade(lines), 1), page) for page, lines in measured().items()]
    hardest_first = sorted(figures, key=lambda figure: (-figure[0], figure[1]))
    return HEAD + "".join(f"| {page} | {hard:.1f} |\n" for hard, page in hardest_first)


def test_everything_reads_no_harder_than_the_eighth_grade() -> None:
    assert len(measured()) > 70
    assert {page: found for page, lines in measured().items() if (found := grade(lines)) > GRADE} == {}


def test_the_figures_are_those_that_are_written_down(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--write-readability"):
        FIGURES.write_text(written(), encoding="utf-8")
    assert FIGURES.read_text(encoding="utf-8").splitlines() == written().splitlines(), ANEW


def test_the_measure_knows_hard_words_from_plain_ones() -> None:
    hard = "Notwithstanding jurisdictional considerations, adjudicatory determinations necessitate corroboration."
    assert grade(["You can stop at any time.", "Nobody asks you why."]) < GRADE < grade([hard])


# Whoever is named is "the person named": a word of the courts would say more than anybody knows.
@pytest.mark.parametrize("never", ["why did you", "why didn't you", "respondent", "victim", "accused", "perpetrator"])
def test_what_is_never_said(never: str) -> None:
    everything = [line for template in TEMPLATES.rglob("*.html") for line in said_in(template)] + list(said_in_code())
    assert len(everything) > 1000
    assert [line for line in everything if never in line.lower()] == []
