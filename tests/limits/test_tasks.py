from __future__ import annotations

import inspect

import pytest

from caracol.limits import buckets, tasks
from caracol.limits.buckets import Rate
from caracol.limits.models import Bucket


@pytest.mark.django_db
def test_the_sweep_takes_no_message_and_leaves_what_still_counts() -> None:
    assert inspect.signature(tasks.sweep.run).parameters == {}
    Bucket.objects.create(key="full again", full_at=buckets.now() - 1)
    buckets.take("not yet", Rate(burst=2, seconds=60))
    tasks.sweep()
    assert [bucket.key for bucket in Bucket.objects.all()] == ["not yet"]
