"""Many records are a worker's: chunk by chunk, and once each whatever happens to him."""

from __future__ import annotations

import pytest

from kefu_admin.operations import bulk
from kefu_admin.operations.bulk import confirming, freezing, working
from kefu_admin.operations.job_kinds import KINDS
from kefu_admin.operations.jobs import JobKind, Step
from kefu_admin.store.batches import State
from kefu_admin.store.verdicts import Verdict
from kefu_admin.store.verify.invariants.batches import bulk_changes
from kefu_admin.worker import jobs as worker
from tests.desks import NOW
from tests.operations.bulk.conftest import Bench


class Killed(Exception):
    """The worker is gone in the middle of a chunk."""


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few records are many."""
    monkeypatch.setattr(freezing, "AT_ONCE", 2)
    monkeypatch.setattr(confirming, "CHUNK", 2)
    monkeypatch.setattr(working, "CHUNK", 2)
    monkeypatch.setattr(working, "FIRST", 2)
    monkeypatch.setattr(working, "resized", lambda size, seconds, most: size)


@pytest.fixture(autouse=True)
def _known_to_the_worker(bench: Bench) -> None:
    """He acts with the roles the database holds."""
    bench.store.execute(
        """INSERT INTO "kefu_user_role" ("user_id", "role") VALUES (?, 'supervisor')""",
        (bench.furnished.people["boss"].user_id,),
    )


def work(bench: Bench, kinds: dict[str, JobKind] | None = None) -> None:
    worker.run_due(bench.desk, kinds=kinds or dict(KINDS))


def planned(bench: Bench, many: int = 5) -> int:
    """A previewed batch whose records were looked at by the worker."""
    batch = bench.preview("classify", _own(bench, many), {"level": "b"})
    assert bench.shown(batch).batch.state is State.PLANNING
    work(bench)
    assert bench.shown(batch).batch.state is State.PLANNED
    return batch


def _own(bench: Bench, many: int) -> list[int]:
    return bench.customers(many, department=bench.furnished.head)


def versions(bench: Bench) -> set[int]:
    return set(bench.column("version").values())


def test_the_worker_looks_and_runs_in_chunks(bench: Bench) -> None:
    batch = planned(bench)

    assert bench.run(batch) == {Verdict.READY: 5}
    work(bench)

    shown = bench.shown(batch)
    assert (shown.batch.state, shown.batch.settled) == (State.DONE, 5)
    assert dict(shown.counts) == {Verdict.DONE: 5}
    assert versions(bench) == {2}
    assert list(bulk_changes(bench.store, NOW)) == []


def test_a_killed_worker_leaves_nothing_half_done_or_done_twice(bench: Bench) -> None:
    batch = planned(bench)
    bench.run(batch)
    turns: list[int] = []

    def dying(step: Step) -> None:
        turns.append(1)
        bulk.RUN.chunk(step)
        if len(turns) == 2:
            raise Killed  # after the commit: nobody tells the job's row that he has gone on

    def dying_inside(step: Step) -> None:
        with step.change("bulk.run") as change:
            found = working.batches.get(bench.store, batch, lock=True)
            assert found is not None
            working.run_chunk(change, bench.desk, found, 2)
            raise Killed

    for chunk in (dying_inside, dying):
        kind = JobKind(name="bulk.run", version=1, label="执行批量操作", chunk=chunk)
        work(bench, {"bulk.run": kind})
        with bench.store.transaction():
            bench.store.execute('UPDATE "kefu_job" SET "due_ms" = 1 WHERE "due_ms" IS NOT NULL')
    work(bench)

    assert bench.counts(batch) == {Verdict.DONE: 5}
    assert versions(bench) == {2}
    told = bench.store.rows(
        'SELECT "record_id" FROM "kefu_history" WHERE "operation" = ?', (f"kefu_batch#{batch}",)
    )
    assert len(told) == len(set(told)) == 5
    assert list(bulk_changes(bench.store, NOW)) == []


def test_who_has_lost_the_right_meanwhile_changes_nothing(bench: Bench) -> None:
    batch = planned(bench)
    bench.run(batch)
    with bench.store.transaction():
        bench.store.execute("""DELETE FROM "kefu_user_role" """)

    work(bench)

    assert versions(bench) == {1}
