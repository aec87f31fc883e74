"""A concern being raised: by which door, who must not serve, and the draft until it is filed."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caracol.accounts import contacts, roles
from caracol.accounts.actor import Actor, actor_of
from caracol.accounts.models import Kind, SiteRole, User
from caracol.limits import doors
from caracol.limits.doors import limited
from caracol.safety import leaving_explained
from grievances.actions import drafts, intake, people
from grievances.exceptions import NotYours, Refused
from grievances.facts import Facts
from grievances.forms.concern import ConflictsForm, DraftForm, RouteForm
from grievances.models import Case, Conflict, Route
from grievances.roles import May, Part
from grievances.sealing import read_one
from grievances.views.barred import after_conflicts, is_shown_the_list, without_the_list
from grievances.views.reader import status_of
from grievances.views.with_case import with_case
from grievances.workflow import Stage, Step

# Where a page leads that was opened to change one answer, or to take a file back, while all are checked.
TO_CHECK = "check"


@require_http_methods(["GET", "HEAD", "POST"])
@leaving_explained
@limited(doors.FILING)
def begin(request: HttpRequest) -> HttpResponse:
    """Choose the door by which one comes, and begin a draft. For a guest in one seat there is no such page."""
    if isinstance(request.user, User) and request.user.kind == Kind.SEAT:
        raise Http404
    form = RouteForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        case = intake.begin(Route(form.cleaned_data["route"]), by=actor_of(request))
        return redirect("grievances:conflicts", case.reference)
    return render(request, "grievances/raise.html", {"form": form}, status=status_of(form))


# Who must not serve


@require_http_methods(["GET", "HEAD", "POST"])
@with_case(May.SAY_WHO_MAY_NOT_SERVE)
def conflicts(request: HttpRequest, facts: Facts, actor: Actor) -> HttpResponse:
    """Say who must not serve, of everybody who could; once said it stands, and more can be added."""
    if not is_shown_the_list(request, actor):
        return without_the_list(request, facts, actor)
    could, said = _who_could(facts.case, actor.user)
    names = contacts.serving_names_of(could + said)
    servers = {user.handle: names[user.pk] for user in sorted(could, key=lambda user: names[user.pk])}
    form = ConflictsForm(request.POST if request.method == "POST" else None, servers=servers)
    if form.is_bound and form.is_valid():
        chosen = set(form.cleaned_data.get("people", ()))
        people.say_who_must_not_serve(facts.case, [user for user in could if user.handle in chosen], by=actor)
        _say_kept(request, facts.case)
        return redirect(after_conflicts(facts.case), facts.case.reference)
    page = {"case": facts.case, "form": form, "said": sorted(names[user.pk] for user in said)}
    return render(request, "grievances/conflicts.html", page, status=status_of(form))


def _say_kept(request: HttpRequest, case: Case) -> None:
    messages.success(request, _("Thank you. Your answer is kept."))
    if case.stage == Stage.DRAFT and not people.who_could_take_in(case):
        messages.warning(request, _("Nobody is left to take it in. Before you file, you read what you can do."))


def _who_could(case: Case, reporter: User) -> tuple[list[User], list[User]]:
    """Return everybody who holds the mediator or intake role, apart from whom the reporter has named already."""
    said = set(Conflict.objects.filter(case=case, source=Conflict.Source.REPORTER).values_list("user_id", flat=True))
    servers = {user.pk: user for role in (SiteRole.MEDIATOR, SiteRole.INTAKE) for user in roles.holders(role)}
    servers.pop(reporter.pk, None)
    could = [user for pk, user in servers.items() if pk not in said]
    return could, [user for pk, user in servers.items() if pk in said]


# The draft


@require_http_methods(["GET", "HEAD", "POST"])
@with_case(May.WRITE)
def draft(request: HttpRequest, facts: Facts, actor: Actor) -> HttpResponse:
    """Write the concern: saved as often as one likes, and checked when it is to be filed."""
    check_writer(facts)
    if request.method == "POST":
        return _keep(request, facts.case, actor)
    if facts.case.stage != Stage.DRAFT:
        return redirect("grievances:case", facts.case.reference)
    words, version = saved_draft(facts.case, actor)
    form = DraftForm(initial=DraftForm.initial_of(words, version), on=timezone.localdate())
    return _draft_page(request, facts.case, form)


def _keep(request: HttpRequest, case: Case, actor: Actor) -> HttpResponse:
    form = DraftForm(request.POST, on=timezone.localdate())
    if not form.is_valid():
        return _draft_page(request, case, form)
    try:
        saved = intake.save_draft(case, form.words(), by=actor, version=form.cleaned_data["version"])
    except Refused as refusal:
        return _too_late(request, case, form, actor, refusal)
    if "attach" in request.POST:
        return redirect("grievances:draft_files", case.reference)
    if "file" not in request.POST:
        messages.success(request, _("Your draft is saved. Nobody but you can read it."))
        return redirect("grievances:draft", case.reference)
    if form.require_answers():
        return redirect("grievances:step", case.reference, Step.FILE)
    form.show_as(saved.version)
    return _draft_page(request, case, form)


def _too_late(request: HttpRequest, case: Case, form: DraftForm, actor: Actor, refusal: Refused) -> HttpResponse:
    """Show what was typed once more, beside what another window has saved or filed meanwhile."""
    return _draft_page(request, case, form, status=409, **typed_and_saved(case, actor, form, refusal))


def typed_and_saved(case: Case, actor: Actor, form: DraftForm, refusal: Refused) -> dict[str, object]:
    """Return what a page shows of what another window has saved or filed meanwhile; the form saves over it then."""
    words, version = saved_draft(case, actor)
    form.show_as(version)
    return {"refusal": refusal, "differences": form.differences(words) if version else [], "filed": not version}


def _draft_page(
    request: HttpRequest, case: Case, form: DraftForm, *, status: int | None = None, **more: object
) -> HttpResponse:
    page = {"case": case, "form": form, "articles": form.articles(), "kept_until": drafts.kept_until(case), **more}
    return render(request, "grievances/draft.html", page, status=status or status_of(form))


def saved_draft(case: Case, actor: Actor) -> tuple[Mapping[str, str], int]:
    """Return the draft's words and version as saved last; no words and 0 where there is none."""
    newest = intake.draft_of(case)
    return (read_one(newest, by=actor), newest.version) if newest else ({}, 0)


@require_http_methods(["GET", "HEAD", "POST"])
@with_case(May.WRITE)
def discard(request: HttpRequest, facts: Facts, actor: Actor) -> HttpResponse:
    """Destroy the draft for good, after asking once."""
    check_writer(facts)
    if request.method == "POST":
        drafts.discard(facts.case, by=actor)
        messages.success(request, _("The draft is destroyed."))
        return redirect("grievances:my_concerns")
    if facts.case.stage != Stage.DRAFT:
        return redirect("grievances:case", facts.case.reference)
    return render(request, "grievances/discard.html", {"case": facts.case})


def check_writer(facts: Facts) -> None:
    """Raise NotYours for anybody but whoever raised the concern."""
    if Part.REPORTER not in facts.parts:
        raise NotYours(_("Only whoever raised the concern writes its draft."))
