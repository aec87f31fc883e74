from __future__ import annotations

from collections.abc import Callable

import pytest

from caracol.ledger.chain import entries, record
from caracol.ledger.models import AppendOnly, Entry

pytestmark = pytest.mark.django_db

WAYS: dict[str, Callable[[Entry], object]] = {
    "save": lambda entry: entry.save(),
    "delete": lambda entry: entry.delete(),
    "create": lambda entry: Entry.objects.create(chain=entry.chain, number=2, at=entry.at, event="forged"),
    "get_or_create": lambda entry: Entry.objects.get_or_create(chain=entry.chain, number=2),
    "update_or_create": lambda entry: Entry.objects.update_or_create({"actor": "p9"}, chain=entry.chain),
    "update": lambda entry: Entry.objects.filter(pk=entry.pk).update(actor="p9"),
    "delete many": lambda entry: Entry.objects.filter(pk=entry.pk).delete(),
    "bulk_create": lambda entry: Entry.objects.bulk_create([entry]),
    "bulk_update": lambda entry: Entry.objects.bulk_update([entry], ["actor"]),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_no_way_but_record_writes_an_entry(way: Callable[[Entry], object]) -> None:
    written = record("case/1", "concern:filed")
    with pytest.raises(AppendOnly):
        way(written)
    assert entries("case/1") == [written]
