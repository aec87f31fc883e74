"""
The canary in every form there is: of every page, for everybody who is shown one, at every stage of a case.

A field that somebody can write in, and that it never reached, fails.
"""

from __future__ import annotations

import pytest
from django.test import Client

from grievances.forms.questions import QUESTIONS
from grievances.models import Nature, Route
from grievances.workflow import Stage, Step
from tests.canary.plant import UNSHOWN, fields_written_in, noting_fields, plant, plant_in
from tests.canary.watch import Watch, WatchedClient, watching
from tests.grievances.cast import STRETCHES, Cast, Walk, walk
from tests.grievances.moves import planned
from tests.matrix import table
from tests.matrix.rows import address, rows
from tests.matrix.undo import undone
from tests.matrix.world import VISITORS, the_world

pytestmark = [pytest.mark.django_db(databases=["default", "keys"]), pytest.mark.everywhere]

# Who between them are shown every form.
WRITERS = (
    "visitor",
    "reporter",
    "harmed",
    "respondent",
    "mediator",
    "intake",
    "asked",
    "secretary",
    "steering",
    "receipt",
)


def watched(watch: Watch, client: Client) -> WatchedClient:
    """Return a browser that is logged in as `client` is, under watch."""
    own = WatchedClient(raise_request_exception=False)
    own.cookies, own.watch = client.cookies, watch
    return own


def test_whatever_is_written_in_any_form_is_written_nowhere_else(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every form of every page, for everybody who is shown one, at every stage: taken or sent back, nothing stays."""
    with watching() as watch, noting_fields(monkeypatch) as planted:
        _on_every_page(cast, watch)
        _at_every_stage(cast, watch)
        watch.everything_kept()
    assert (watch.seen, [path for path in watch.files if "/files/" not in path]) == ([], [])
    missing = sorted(fields_written_in() - planted - UNSHOWN)
    assert not missing, missing


def _on_every_page(cast: Cast, watch: Watch) -> None:
    world, expected = the_world(cast), table.expected()
    for visitor in WRITERS:
        client = watched(watch, world.browser_of(visitor))
        for row in rows(world, world.case_of(visitor)):
            if expected["GET", row.name][VISITORS.index(visitor)] == "200":
                plant(client, address(row))
        for question in QUESTIONS:
            plant(client, f"/cases/{world.begun.reference}/draft/questions/{question.address}/")
        with undone(client):
            opened = client.post("/accounts/invitation/open/", {"token": world.link})
            plant_in(client, opened)


def _at_every_stage(cast: Cast, watch: Watch) -> None:
    clients = {login: watched(watch, cast.browser(login)) for login in ("mediator", "member")}
    broken = walk(cast, "amends")
    broken.take(Step.CHECK_IN, "mediator", item="1", state="broken")
    broken.packed()
    for step in Step:
        plant(clients["mediator"], f"/cases/{broken.case.reference}/{step.value}/")
    for route, nature in ((Route.HARMED, Nature.INTERPERSONAL), (Route.SAW, Nature.MIXED)):
        going = Walk.begin(cast, route)
        for stretch in STRETCHES if route is Route.HARMED else STRETCHES[:4]:
            stretch(going, nature) if stretch is Walk.distinguished else stretch(going)
            for step in Step:
                for client in clients.values():
                    plant(client, f"/cases/{going.case.reference}/{step.value}/")
            _beside_the_way(going, clients["mediator"])


def _beside_the_way(going: Walk, mediator: WatchedClient) -> None:
    """What is asked at one stage and at no other, by no step."""
    if going.case.stage == Stage.NATIONAL:
        _on_its_way(going, mediator)
    if going.case.stage == Stage.MEDIATION:
        _in_sessions(going, mediator)
    if going.case.stage == Stage.CLOSED:
        plant(mediator, f"/cases/{going.case.reference}/hold/")


def _on_its_way(going: Walk, mediator: WatchedClient) -> None:
    for page in ("sharing", "1", "2"):
        plant(mediator, f"/cases/{going.case.reference}/packet/{page}/")


def _in_sessions(going: Walk, mediator: WatchedClient) -> None:
    plant(mediator, f"/cases/{going.case.reference}/sessions/new/")
    session = planned(going, "member", form="shuttle")
    plant(mediator, f"/cases/{going.case.reference}/sessions/{session.token}/change/")
