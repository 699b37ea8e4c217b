"""Jobs: asked for with the transaction, taken by one, kept with the chunk, refused by the fence."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kefu_admin.actor import Actor, system_actor
from kefu_admin.store import jobs
from kefu_admin.store.faults import BusyBeforeCommit
from kefu_admin.store.jobs import BACK_OFF_SECONDS, JobState, LeaseLost, Wanted
from tests.databases import NOW, opened

SYSTEM = system_actor("worker")
ASKER = Actor(
    user_id=7,
    login="li",
    name="李",
    roles=frozenset(),
    source="api",
    address="10.0.0.1",
    session="token:3",
    scopes=frozenset({"customer:read"}),
)
WANTED = Wanted(kind="demo", payload_version=1, payload={"n": 1})


def asked(store, wanted=WANTED, actor=SYSTEM):
    with store.transaction():
        return jobs.ask(store, wanted, actor=actor, now=NOW)


def claimed(store, owner="one", **options):
    with store.transaction():
        return jobs.claim(store, owner=owner, **options)


def failed(store, job, **options):
    with store.transaction():
        return jobs.fail(store, job, {"code": "x"}, **options)


def make_due(store):
    """What waits, as if its time had come: no test waits for a clock."""
    with store.transaction():
        store.execute('UPDATE "kefu_job" SET "due_ms" = 1 WHERE "due_ms" IS NOT NULL')


def test_a_job_is_kept_as_it_was_asked_for(store):
    id = asked(store, Wanted(kind="demo", payload_version=2, payload={"名": 1}, total=9), ASKER)

    found = jobs.job(store, id)

    assert (found.kind, found.payload_version, found.payload) == ("demo", 2, {"名": 1})
    assert (found.state, found.done, found.total, found.tries) == (JobState.WAITING, 0, 9, 0)
    assert (found.asked_by, found.actor, found.source) == (7, "li", "api")
    assert (found.address, found.session) == ("10.0.0.1", "token:3")
    assert found.scopes == frozenset({"customer:read"})
    assert found.asked_at == NOW


def test_a_job_of_a_transaction_rolled_back_was_never_asked_for(store):
    heard = []
    store.job_asked = lambda: heard.append(1)

    def fails():
        with store.transaction():
            jobs.ask(store, WANTED, actor=SYSTEM, now=NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()

    assert jobs.jobs(store) == ()
    assert heard == []


def test_workers_hear_of_a_job_when_it_is_committed(store):
    heard = []
    store.job_asked = lambda: heard.append(1)

    asked(store)

    assert heard == [1]


def test_the_job_due_longest_is_taken_first_and_by_one_only(store):
    first, second = asked(store), asked(store)

    taken = [claimed(store, "one"), claimed(store, "two"), claimed(store, "three")]

    assert [job and job.id for job in taken] == [first, second, None]
    assert (taken[0].state, taken[0].fence, taken[0].tries) == (JobState.RUNNING, 1, 1)


@pytest.mark.parametrize("dialect", ["postgresql", "mariadb"], indirect=True)
def test_a_row_another_is_taking_is_skipped(store):  # SQLite's writers take turns
    first, second = asked(store), asked(store)
    other = opened(store.url, store.project, store.data_directory)

    with store.transaction():
        assert jobs.claim(store, owner="one").id == first
        assert claimed(other, "two").id == second
    other.close()


def test_a_job_that_waits_is_not_taken_before_its_time(store):
    asked(store, Wanted(kind="demo", payload_version=1, payload={}, wait_ms=60_000))

    assert claimed(store) is None
    assert 50_000 < jobs.milliseconds_until_due(store) <= 60_000


def test_nothing_is_due_where_nothing_was_asked(store):
    assert jobs.milliseconds_until_due(store) is None


def test_a_chunk_keeps_its_cursor_and_a_later_taker_goes_on_there(store):
    asked(store)
    job = claimed(store)

    with store.transaction():
        jobs.advance(store, job, cursor={"after": 5}, done=5, total=9)
    make_due(store)
    later = claimed(store, "two")

    assert (later.cursor, later.done, later.total, later.tries) == ({"after": 5}, 5, 9, 2)


def test_who_was_away_longer_than_his_lease_may_keep_nothing(store):
    asked(store)
    slow = claimed(store, "slow", lease_ms=0)
    make_due(store)
    quick = claimed(store, "quick")

    with pytest.raises(LeaseLost), store.transaction():
        jobs.advance(store, slow, cursor={}, done=1)
    with pytest.raises(LeaseLost), store.transaction():
        jobs.finish(store, slow, result=None, done=1, now=NOW)
    with store.transaction():
        jobs.finish(store, quick, result={"ok": 1}, done=3, now=NOW)

    found = jobs.job(store, quick.id)
    assert (found.state, found.result, found.done) == (JobState.DONE, {"ok": 1}, 3)
    assert (found.finished_at, found.due_ms) == (NOW, None)
    assert failed(store, slow) is None


def test_a_job_is_tried_again_after_longer_and_longer_waits_and_then_parked(store):
    asked(store)
    waits = []
    while (job := claimed(store)) is not None:
        kept = failed(store, job)
        left = jobs.milliseconds_until_due(store)
        waits.append(None if left is None else round(left / 1000))
        make_due(store)

    assert waits == [*BACK_OFF_SECONDS, None]
    assert (kept.state, jobs.job(store, job_id(store)).state) == (JobState.PARKED, JobState.PARKED)
    assert jobs.job(store, job_id(store)).fault == {"code": "x"}


def job_id(store):
    return jobs.jobs(store)[0].id


def test_a_job_that_ends_its_worker_each_time_is_parked_too(store):
    asked(store)
    taken = []
    while (job := claimed(store)) is not None:
        taken.append(job.state)
        make_due(store)

    assert taken == [JobState.RUNNING] * 6 + [JobState.PARKED]
    assert jobs.jobs(store)[0].fault == {"code": "job_lost"}


def test_getting_on_gives_all_tries_back(store):
    asked(store)
    for _ in range(4):
        failed(store, claimed(store))
        make_due(store)
    job = claimed(store)

    with store.transaction():
        job = jobs.advance(store, job, cursor={}, done=1)

    assert failed(store, job).state is JobState.WAITING
    assert jobs.milliseconds_until_due(store) <= 1000


def test_a_fault_that_no_try_can_mend_parks_at_once(store):
    asked(store)

    assert failed(store, claimed(store), final=True).state is JobState.PARKED


def test_putting_back_counts_no_try(store):
    asked(store)
    job = claimed(store)

    with store.transaction():
        jobs.put_back(store, job)

    assert claimed(store).tries == 1


def test_what_an_ended_process_held_is_given_back_at_once(store):
    first, second = asked(store), asked(store)
    claimed(store, "dead")
    claimed(store, "living")

    with store.transaction():
        kept = jobs.abandon(store, owner="dead", fault={"code": "job_killed", "signal": 9})

    assert kept.id == first
    assert jobs.job(store, first).state is JobState.WAITING
    assert jobs.job(store, first).fault == {"code": "job_killed", "signal": 9}
    assert jobs.job(store, second).state is JobState.RUNNING


def test_a_parked_job_can_be_tried_again_with_all_its_tries(store):
    id = asked(store)
    failed(store, claimed(store), final=True)

    with store.transaction():
        assert jobs.retry(store, id)

    assert claimed(store).tries == 1
    with store.transaction():
        assert not jobs.retry(store, id)


def test_a_running_job_that_is_cancelled_keeps_nothing_more(store):
    id = asked(store)
    job = claimed(store)

    with store.transaction():
        assert jobs.cancel(store, id, now=NOW)

    with pytest.raises(LeaseLost), store.transaction():
        jobs.advance(store, job, cursor={}, done=1)
    assert jobs.job(store, id).state is JobState.CANCELLED
    with store.transaction():
        assert not jobs.cancel(store, id, now=NOW)


def test_a_schedule_has_one_job_per_due_instant(store):
    def ticked(due_at):
        with store.transaction():
            return jobs.tick(
                store, WANTED, schedule="nightly", due_at=due_at, actor=SYSTEM, now=NOW
            )

    made = [ticked(NOW), ticked(NOW), ticked(NOW + timedelta(days=1))]

    assert [id is not None for id in made] == [True, False, True]


def test_two_that_write_one_tick_at_the_same_moment_are_told_apart(store, monkeypatch):
    with store.transaction():
        jobs.tick(store, WANTED, schedule="nightly", due_at=NOW, actor=SYSTEM, now=NOW)
    row = store.row

    def before_the_others_commit(sql, params):
        return None if sql.startswith("SELECT 1") else row(sql, params)

    monkeypatch.setattr(store, "row", before_the_others_commit)

    with pytest.raises(BusyBeforeCommit), store.transaction():
        jobs.tick(store, WANTED, schedule="nightly", due_at=NOW, actor=SYSTEM, now=NOW)


def test_lists_are_newest_first_and_of_one_person_where_asked(store):
    a, b, c = asked(store), asked(store, actor=ASKER), asked(store, actor=ASKER)
    failed(store, claimed(store), final=True)

    assert [job.id for job in jobs.jobs(store)] == [c, b, a]
    assert [job.id for job in jobs.jobs(store, asked_by=7)] == [c, b]
    assert [job.id for job in jobs.jobs(store, states={JobState.PARKED})] == [a]
    assert [job.id for job in jobs.jobs(store, before_id=c, limit=1)] == [b]
    assert jobs.counts(store) == {
        JobState.WAITING: 2,
        JobState.RUNNING: 0,
        JobState.PARKED: 1,
    }


def test_what_ended_long_ago_is_forgotten_and_parked_jobs_stay(store):
    done, parked = asked(store), asked(store)
    job = claimed(store)
    with store.transaction():
        jobs.finish(store, job, result=None, done=1, now=NOW)
    failed(store, claimed(store), final=True)

    with store.transaction():
        assert jobs.forget(store, before=NOW) == 0
        assert jobs.forget(store, before=NOW + timedelta(seconds=1)) == 1

    assert [job.id for job in jobs.jobs(store)] == [parked]
    assert jobs.job(store, done) is None
