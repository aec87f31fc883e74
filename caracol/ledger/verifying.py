"""Looking whether the whole ledger is as it was written, and noting that it was."""

from __future__ import annotations

from caracol.ledger import chain, checkpoints
from caracol.ledger.chain import Fault, Tampered
from caracol.watch import done

FOUND_WHOLE = "ledger"


def first_fault(walk: chain.Walk | None = None) -> Fault | None:
    """Return the first fault in any chain, then in the checkpoints; None, and noted so, where all is whole."""
    fault = _first_fault(walk or chain.Walk())
    if fault:
        done.forget(FOUND_WHOLE)
    else:
        done.note(FOUND_WHOLE)
    return fault


def _first_fault(walk: chain.Walk) -> Fault | None:
    try:
        return chain.first_fault(walk=walk) or checkpoints.first_fault()
    except Tampered as tampered:
        return Fault(tampered.chain, tampered.number, tampered.why)
