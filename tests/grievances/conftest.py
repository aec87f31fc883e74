from __future__ import annotations

import pytest

from tests.grievances.cast import Cast, the_code


@pytest.fixture
def cast(db: None) -> Cast:
    """People for a case, and the Code under which it is filed."""
    the_code()
    return Cast()
