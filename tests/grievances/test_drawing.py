from __future__ import annotations

import re
from pathlib import Path

from grievances import drawing
from grievances.workflow import OPEN, WAY, Stage, Two

README = Path(__file__).resolve().parents[2] / "README.md"
PICTURE = re.compile(r"<!-- the way:.*?-->\n```mermaid\n(.*?)```\n<!-- the end of the way -->", re.DOTALL)
ARROW = re.compile(r"^ *(\w+) --> (\w+) : (.*)$", re.MULTILINE)


def drawn() -> set[tuple[str, str, str]]:
    """Return every move in the picture: from where, to where, by which step."""
    return {
        (start, end, label)
        for start, end, labels in ARROW.findall(drawing.diagram())
        for label in labels.split(drawing.BREAK)
    }


def test_the_readme_shows_the_diagram_that_is_printed() -> None:
    assert PICTURE.findall(README.read_text(encoding="utf-8")) == [drawing.diagram()]


def test_every_move_between_stages_is_drawn_and_no_other() -> None:
    moves = {
        (start, rule.enters.value, str(rule.step.label).replace(":", ","))
        for rule in WAY.values()
        if rule.enters
        for start in (["open"] if set(rule.leaves) == set(OPEN) else rule.leaves)
        if start != rule.enters
    }
    assert {(start, end, label.removesuffix(" (two mediators)")) for start, end, label in drawn()} == moves


def test_a_step_that_takes_two_mediators_says_so() -> None:
    said = {label for _start, _end, label in drawn() if label.endswith(" (two mediators)")}
    two = {str(rule.step.label).replace(":", ",") for rule in WAY.values() if rule.two is Two.YES and rule.enters}
    assert said == {f"{label} (two mediators)" for label in two}


def test_every_stage_has_its_name_in_the_picture() -> None:
    named = re.findall(r"^ *(\w+) : (.*)$", drawing.diagram(), re.MULTILINE)
    assert sorted(named) == sorted((stage.value, str(stage.label)) for stage in Stage)


def test_no_label_holds_what_would_end_it() -> None:
    assert [label for _start, _end, label in drawn() if set(label) & set(":;\n")] == []
