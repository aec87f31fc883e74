"""The words of the Code in one language: `{{ clause|said_in:language }}`, `{{ clause|here_in:language }}`."""

from __future__ import annotations

from django import template

from conduct.models import Clause, Version

register = template.Library()


@register.filter
def said_in(clause: Clause, language: str) -> str:
    """Return the clause's own words."""
    return clause.said_in(language, "text")


@register.filter
def here_in(clause: Clause, language: str) -> str:
    """Return what this app does about it."""
    return clause.said_in(language, "here")


@register.filter
def label_in(version: Version, language: str) -> str:
    """Return what a version is called."""
    return version.said_in(language, "label")
