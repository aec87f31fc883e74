"""Pages that help people prepare: the same words for every side, and nothing about any case."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def talk(request: HttpRequest) -> HttpResponse:
    """How to prepare for a private talk, whichever side one is on (Code 3)."""
    return render(request, "grievances/guide_talk.html")


@require_safe
def mediation(request: HttpRequest) -> HttpResponse:
    """How to prepare for mediation, whichever side one is on, with its ground rules (Code 4, 5.3)."""
    return render(request, "grievances/guide_mediation.html")
