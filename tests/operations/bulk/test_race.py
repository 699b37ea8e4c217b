"""Two supervisors change overlapping records at the same time (R11).

`KEFU_TEST_ROUNDS=50 python -m pytest tests/operations/bulk/test_race.py` runs it for long.
"""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor

from kefu_admin.store.verdicts import Verdict
from kefu_admin.store.verify.invariants.batches import bulk_changes
from tests.desks import NOW
from tests.operations.bulk.conftest import Bench

ROUNDS = int(os.environ.get("KEFU_TEST_ROUNDS", "2"))
EACH, OVERLAP = 50, 30


def test_overlapping_batches_change_each_record_once(bench: Bench) -> None:
    for _ in range(ROUNDS):
        ids = bench.customers(2 * EACH - OVERLAP)
        first = bench.preview("classify", ids[:EACH], {"level": "a"})
        second = bench.preview("classify", ids[-EACH:], {"level": "b"})

        found = both(bench, first, second)

        done = sum(counts.get(Verdict.DONE, 0) for counts in found)
        changed = sum(counts.get(Verdict.CHANGED, 0) for counts in found)
        assert (done, changed) == (len(ids), OVERLAP)
        marks = ", ".join("?" * len(ids))
        told = bench.store.rows(
            'SELECT "version" FROM "kefu_history" WHERE "type" = ?'
            f' AND "version" > 1 AND "record_id" IN ({marks})',
            ("customer", *ids),
        )
        assert [row[0] for row in told] == [2] * len(ids)
    assert list(bulk_changes(bench.store, NOW)) == []


def both(bench: Bench, *batches: int) -> list[dict[Verdict, int]]:
    """Run the batches at the same moment, each in a thread; what each counted."""
    barrier = threading.Barrier(len(batches))

    def supervisor(batch: int) -> dict[Verdict, int]:
        with bench.store.connection():
            barrier.wait()
            return bench.run(batch)

    with ThreadPoolExecutor(len(batches)) as pool:
        return list(pool.map(supervisor, batches))
