"""The picture of the way: the moves between stages, as a Mermaid state diagram drawn from `WAY` alone."""

from __future__ import annotations

from collections.abc import Iterable

from grievances.workflow import OPEN, WAY, Rule, Stage, Two

BREAK = "<br/>"
# What Mermaid calls the frame around the open stages: a step that leaves them all starts at the frame.
FRAME = "open"


def diagram() -> str:
    """
    Return the moves from stage to stage as a Mermaid state diagram, ending with a line end.

    Steps that leave the stage as it is are not drawn; a step that takes two mediators says so.
    """
    inside = [stage for stage in Stage if stage in OPEN]
    lines = [
        "stateDiagram-v2",
        *(f"    {stage.value} : {stage.label}" for stage in Stage if stage not in OPEN),
        f'    state "Open" as {FRAME} {{',
        *(f"        {stage.value} : {stage.label}" for stage in inside),
        *(f"        {arrow}" for arrow in _arrows(within=True)),
        "    }",
        f"    [*] --> {Stage.DRAFT.value}",
        *(f"    {arrow}" for arrow in _arrows(within=False)),
        f"    {Stage.CLOSED.value} --> [*]",
    ]
    return "\n".join(lines) + "\n"


def _arrows(*, within: bool) -> Iterable[str]:
    """Yield one arrow for each pair of stages, with every step that makes this move."""
    moves: dict[tuple[str, Stage], list[str]] = {}
    for rule in WAY.values():
        for start in _starts(rule):
            if rule.enters and rule.enters != start and within == (start in OPEN and rule.enters in OPEN):
                moves.setdefault((start, rule.enters), []).append(_label(rule))
    return (f"{start} --> {end.value} : {BREAK.join(labels)}" for (start, end), labels in moves.items())


def _starts(rule: Rule) -> list[str]:
    """Return where a move starts: at the frame where every open stage allows it."""
    if set(rule.leaves) == set(OPEN):
        return [FRAME]
    return [stage.value for stage in rule.leaves]


def _label(rule: Rule) -> str:
    # A colon would end the label.
    said = str(rule.step.label).replace(":", ",")
    return f"{said} (two mediators)" if rule.two is Two.YES else said
