"""Retaliation: whoever has a seat in a case can report it, and it is a concern of its own, beside that case."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from caracol.accounts.actor import Actor
from caracol.accounts.models import Kind
from caracol.ledger.chain import record
from grievances import access, overview
from grievances.actions import intake
from grievances.actions.refusals import together_without_keys
from grievances.actions.seats import bar
from grievances.events import Event
from grievances.exceptions import NotOpen, NotYours
from grievances.facts import Facts
from grievances.models import Case, Conflict, Retaliation, Route
from grievances.roles import HARM_SIDE, SERVING, May

# It was done to whoever reports it, or they saw it done.
ROUTES = (Route.HARMED, Route.SAW)


@together_without_keys
def report(case: Case, route: Route, *, by: Actor) -> Case:
    """
    Begin a draft about retaliation in `case`, and return it. Nothing that was written there is copied.

    Whoever must not serve there must not here, so that the other case shows to nobody from whom it is hidden.
    Raises NotYours for somebody without a seat, or with an account for this one seat; NotOpen for a draft.
    """
    me = Facts(case, by.user).me
    if me is None or not me.may(May.REPORT_RETALIATION):
        raise NotYours(_("Whoever has a seat in a case can report retaliation."))
    if by.user.kind == Kind.SEAT:
        raise NotYours(_("Your account is for this case alone. With a receipt you can raise a concern of your own."))
    if case.filed_at is None:
        raise NotOpen(_("This concern has not been filed yet. You can write it all down here."))
    begun = intake.begin(route, by=by)
    Retaliation.objects.create(case=begun, about=case)
    for conflict in case.conflicts.exclude(user=by.user).select_related("user"):
        bar(begun, conflict.user, _source(conflict, said_here=me.reporter))
    record(begun.chain, Event.ABOUT_RETALIATION)
    return begun


def _source(conflict: Conflict, *, said_here: bool) -> Conflict.Source:
    """What a reporter said themselves is shown to them as theirs; anybody else's reason stays unsaid."""
    said = conflict.source == Conflict.Source.REPORTER and said_here
    return Conflict.Source.REPORTER if said else Conflict.Source.PARTY


def about(facts: Facts) -> str | None:
    """
    Return what a case about retaliation follows, by its codename, to those who raised it or serve in it.

    Empty for a reader from whom that other case is hidden; None where there is nothing to tell.
    """
    known = facts.parts & (HARM_SIDE | SERVING)
    links = facts.rows(overview.follows) if known else []
    if not links or facts.user is None:
        return None
    (link,) = links
    hidden = facts.user.pk in access.conflicted(link.about)
    return "" if hidden and not access.case_seen_by(facts.user, link.about.reference) else link.about.reference
