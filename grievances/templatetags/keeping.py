"""How long things are kept, as people read it before they file: `{% how_long %}`."""

from __future__ import annotations

from django import template

from grievances.retention import schedule

register = template.Library()


@register.inclusion_tag("grievances/_how_long.html")
def how_long() -> dict[str, object]:
    """Show the schedule in force, each kind with its days and the moment from which they count."""
    return {"lines": schedule()}
