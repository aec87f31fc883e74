from __future__ import annotations

import pytest

from caracol.ledger.chain import first_fault
from grievances.workflow import Stage
from tests.grievances.cast import Cast, walk

pytestmark = pytest.mark.django_db(databases=["default", "keys"])


def test_the_usual_way_leads_through_every_stage_to_closed(cast: Cast) -> None:
    stages = [Stage(walk(cast, until).case.stage) for until in ("begun", "filed", "told", "one_on_one", "mediation")]
    stages += [Stage(walk(cast, until).case.stage) for until in ("amends", "national", "closed")]
    assert stages == [
        Stage.DRAFT,
        Stage.INTAKE,
        Stage.INTAKE,
        Stage.ONE_ON_ONE,
        Stage.MEDIATION,
        Stage.AMENDS,
        Stage.NATIONAL,
        Stage.CLOSED,
    ]
    assert first_fault() is None
