from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from caracol import moments
from caracol.accounts.models import User
from grievances import access
from grievances.actions import conversations
from grievances.actions.releases import waits_for
from grievances.models import Case
from grievances.roles import Part
from grievances.views.news import news_of
from grievances.waiting import notices_to, offers_to
from grievances.workflow import Stage

SHOWN = 20
SHOWN_NEWS = "shown_news"


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """What the process is, for everybody; and what is theirs to do now, for who is logged in."""
    if request.method == "POST":
        return _read(request)
    mine = _mine(request, request.user) if isinstance(request.user, User) else {}
    return render(request, "grievances/home.html", {"stages": _stages(), **mine})


def _read(request: HttpRequest) -> HttpResponse:
    """Mark as read what the reader was shown: not what came since, nor what had no room on the page."""
    if not isinstance(request.user, User):
        return redirect_to_login(request.path)
    shown = request.session.pop(SHOWN_NEWS, [])
    notices_to(request.user).filter(pk__in=shown).order_by().update(read_at=moments.kept())
    return redirect("home")


def _mine(request: HttpRequest, user: User) -> dict[str, object]:
    shown = list(notices_to(user)[: SHOWN + 1])
    _note_shown(request, [notice.pk for notice in shown[:SHOWN]])
    return {
        "news": news_of(shown[:SHOWN], user),
        "more_news": len(shown) > SHOWN,
        "drafts": _drafts(user),
        "talks_due": conversations.to_follow_up(user).count(),
        "asked_to_mediate": offers_to(user, Part.MEDIATOR).count(),
        # Asked only for those whose menu has it.
        "numbers_wait": lambda: waits_for(user),
        "asked_to_take_in": offers_to(user, Part.INTAKE).count(),
    }


def _note_shown(request: HttpRequest, shown: list[int]) -> None:
    """Keep in the session what was shown: on the page a number would tell how much is going on elsewhere."""
    if request.session.get(SHOWN_NEWS, []) != shown:
        request.session[SHOWN_NEWS] = shown


def _drafts(user: User) -> list[Case]:
    return list(access.cases_of(user, access.TAKE_PART).filter(stage=Stage.DRAFT).order_by("-moved_at")[:SHOWN])


def _stages() -> list[str]:
    return [str(stage.label) for stage in Stage if stage is not Stage.DRAFT]
