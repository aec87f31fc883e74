from __future__ import annotations

import pytest

from caracol.ledger.chain import entries
from grievances.events import Event
from grievances.models import Tally
from grievances.workflow import Step
from tests.grievances.cast import Cast, walk
from tests.visitor import Visitor

pytestmark = [pytest.mark.django_db(databases=["default", "keys"]), pytest.mark.everywhere]


def test_the_reporter_says_where_it_is_not_counted_and_a_mediator_sees_and_changes_it(cast: Cast) -> None:
    going = walk(cast, "served")
    path = f"/cases/{going.case.reference}/statistics/"
    assert path in Visitor.logged_in("member").open(f"/cases/{going.case.reference}/")
    Visitor.logged_in("member").done(path, tables=["outcome", "article"])
    mediator = Visitor.logged_in("mediator")
    assert mediator.forms(path)[-1].fields["tables"] == ["outcome", "article"]
    mediator.done(path, tables=["outcome"])
    assert list(going.case.uncounted.values_list("table", flat=True)) == ["outcome"]
    assert len([entry for entry in entries(going.case.chain) if entry.event == Event.LEFT_UNCOUNTED]) == 2


def test_what_was_said_holds_when_it_closes(cast: Cast) -> None:
    going = walk(cast, "filed")
    Visitor.logged_in("member").done(f"/cases/{going.case.reference}/statistics/", tables=["outcome"])
    going.take(Step.WITHDRAW, "member")
    counted = dict(Tally.objects.values_list("table", "category"))
    assert (counted["outcome"], counted["article"]) == ("other", "article_3")


def test_once_counted_nothing_is_said_any_more(cast: Cast) -> None:
    going = walk(cast, "filed")
    member = Visitor.logged_in("member")
    path = f"/cases/{going.case.reference}/statistics/"
    (form,) = [form for form in member.forms(path) if "tables" in form.names]
    going.take(Step.WITHDRAW, "member")
    assert member.post(form, path, {"tables": "outcome"}).status_code == 409
    assert "It has been counted" in member.open(path)
    assert not going.case.uncounted.exists()


def test_a_table_that_there_is_not_is_refused(cast: Cast) -> None:
    going = walk(cast, "filed")
    path = f"/cases/{going.case.reference}/statistics/"
    assert Visitor.logged_in("member").send(path, tables=["conversations"]).status_code == 422
