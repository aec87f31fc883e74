from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
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
from grievances.demo import cast as demo
from grievances.models import Case
from grievances.roles import Part
from grievances.views.news import News, deletions_told, news_of
from grievances.waiting import answers_of, notices_to, offers_to
from grievances.workflow import Stage

SHOWN = 20
SHOWN_NEWS = "shown_news"


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """What the process is, for everybody; and what is theirs to do now, for who is logged in."""
    if request.method == "POST":
        return _read(request)
    mine = _mine(request, request.user) if isinstance(request.user, User) else _to_try()
    return render(request, "grievances/home.html", {"stages": _stages(), **mine})


def _to_try() -> dict[str, object]:
    """In a demo: as whom one can log in, and what each of them finds."""
    if not settings.DEMO or not demo.is_there():
        return {}
    return {"figures": demo.CAST, "password": demo.PASSWORD}


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
    news = news_of(shown[:SHOWN], user)
    return {
        "news": news,
        "news_by_case": _by_case(news),
        "more_news": len(shown) > SHOWN,
        "deletions": deletions_told(user),
        "drafts": _drafts(user),
        "answers": answers_of(user),
        "talks_due": conversations.to_follow_up(user).count(),
        "asked_to_mediate": offers_to(user, Part.MEDIATOR).count(),
        # Asked only for those whose menu has it.
        "numbers_wait": lambda: waits_for(user),
        "asked_to_take_in": offers_to(user, Part.INTAKE).count(),
    }


def _by_case(news: Iterable[News]) -> list[tuple[str, list[News]]]:
    """Return what is new, case by case and talk by talk; the newest comes first."""
    found: dict[tuple[str, str], list[News]] = {}
    for each in news:
        found.setdefault((each.about, each.url), []).append(each)
    return [(about, lines) for (about, _url), lines in found.items()]


def _note_shown(request: HttpRequest, shown: list[int]) -> None:
    """Keep in the session what was shown: on the page a number would tell how much is going on elsewhere."""
    if request.session.get(SHOWN_NEWS, []) != shown:
        request.session[SHOWN_NEWS] = shown


def _drafts(user: User) -> list[Case]:
    return list(access.cases_of(user, access.TAKE_PART).filter(stage=Stage.DRAFT).order_by("-moved_at")[:SHOWN])


def _stages() -> list[str]:
    return [str(stage.label) for stage in Stage if stage is not Stage.DRAFT]
