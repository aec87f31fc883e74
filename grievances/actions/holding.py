"""Holding a case, so that two deeds take turns, and so that a deed stands on what the ledger says of it."""

from __future__ import annotations

from grievances.attest import attested
from grievances.models import Case


def hold(case: Case) -> Case:
    """Return the case as it is now, held until the transaction ends, so that two deeds take turns."""
    # Without the key itself: a row that merely points at the case need not wait, and waits in no circle.
    return Case.objects.select_for_update(no_key=True).get(pk=case.pk)


def hold_true(case: Case) -> Case:
    """
    Return the case as `hold` does. Raises Unverified where its row is not as the last step left it.

    For what people do. What the site does by itself (an offer that lapses, an account that is closed) only takes
    away, and is not kept from it by a row.
    """
    held = hold(case)
    attested(held.chain).check_case(held)
    return held
