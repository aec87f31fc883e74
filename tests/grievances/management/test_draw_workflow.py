from __future__ import annotations

from io import StringIO

from django.core.management import call_command

from grievances.drawing import diagram


def test_the_command_prints_the_diagram_and_nothing_else() -> None:
    out = StringIO()
    call_command("draw_workflow", stdout=out, skip_checks=True)
    assert out.getvalue() == diagram()
