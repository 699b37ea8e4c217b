"""Running jobs: chunk after chunk, what fails is kept with the job, others get their turn."""

from __future__ import annotations

import logging
import threading
import time

import pytest

from kefu_admin.actor import system_actor
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.role import Action, Grant, Right, Role
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.jobs import JobKind, ask
from kefu_admin.problems import ConfigMoved, StillReferenced
from kefu_admin.store import jobs
from kefu_admin.store.faults import BusyBeforeCommit, CommitUnknown
from kefu_admin.store.jobs import JobState
from kefu_admin.worker import jobs as running
from tests import factories
from tests.operations.people import NOW, person

SYSTEM = system_actor("worker")


@pytest.fixture
def desk(open_store):
    fields = {
        name: frozenset({Right.SEE, Right.EDIT})
        for name in (
            "id",
            "version",
            "name",
            "created_at",
            "created_by",
            "updated_at",
            "updated_by",
        )
    }
    grant = Grant(type="customer", actions=frozenset({Action.READ, Action.CREATE}), fields=fields)
    made = factories.project(
        factories.content_type("customer", factories.field("name")),
        roles={"clerk": Role(id="clerk", label=Label("专员"), grants=(grant,))},
    )
    return Desk(made, open_store(made))


@pytest.fixture(autouse=True)
def _heard(monkeypatch):
    """import-linter, run by another test, switches off every logger there is."""
    monkeypatch.setattr(running.log, "disabled", False)


def rows(step):
    """Two customers a chunk, as many as the payload says."""
    done = step.job.done
    number = step.job.payload["rows"]
    with step.change("demo.rows") as change:
        for place in range(done, min(done + 2, number)):
            change.create("customer", {"name": f"客户{place}"})
        if done + 2 < number:
            step.advance({"next": done + 2}, done=done + 2)
        else:
            step.finish({"made": number}, done=number)


def kind(chunk, version=1):
    return JobKind(name="demo", version=version, label="试验", chunk=chunk)


ROWS = kind(rows)


def asked(desk, payload, actor=SYSTEM, version=1):
    with desk.store.transaction():
        return ask(
            desk.store,
            kind(rows, version),
            payload,
            actor=actor,
            now=NOW,
            total=payload.get("rows"),
        )


def clerk(desk):
    id = person(desk.store, "li", "clerk")
    from kefu_admin.operations import reading

    return reading.actor_of(desk, "li"), id


def due_again(desk):
    with desk.store.transaction():
        desk.store.execute('UPDATE "kefu_job" SET "due_ms" = 1 WHERE "due_ms" IS NOT NULL')


def run(desk, chunk=rows):
    return running.run_due(desk, kinds={"demo": kind(chunk)})


def names(desk):
    return [name for (name,) in desk.store.rows('SELECT "name" FROM "customer" ORDER BY "id"')]


def test_a_job_is_done_in_chunks_in_the_name_of_who_asked(desk):
    actor, user_id = clerk(desk)
    id = asked(desk, {"rows": 5}, actor)

    run(desk)

    found = jobs.job(desk.store, id)
    assert (found.state, found.done, found.total, found.result) == (
        JobState.DONE, 5, 5, {"made": 5},
    )  # fmt: skip
    assert names(desk) == [f"客户{n}" for n in range(5)]
    authors = desk.store.rows('SELECT DISTINCT "created_by" FROM "customer"')
    assert authors == [(user_id,)]


def test_a_chunk_that_fails_keeps_nothing_and_later_goes_on_where_it_was(desk, caplog):
    actor, _ = clerk(desk)
    id = asked(desk, {"rows": 4}, actor)
    faults = iter([False, True, False])

    def stumbles(step):
        rows_or_fault = next(faults)
        if rows_or_fault:
            with step.change("demo.rows") as change:
                change.create("customer", {"name": "nobody's"})
                raise ValueError("the value 13800001234")
        rows(step)

    with caplog.at_level(logging.ERROR, logger=running.log.name):
        run(desk, stumbles)
    waiting = jobs.job(desk.store, id)
    due_again(desk)
    run(desk, stumbles)

    assert (waiting.state, waiting.done, waiting.cursor) == (JobState.WAITING, 2, {"next": 2})
    assert waiting.fault["code"] == "job_raised"
    assert waiting.fault["error"] == "ValueError"
    assert "1380000" not in str(waiting.fault)
    assert jobs.job(desk.store, id).state is JobState.DONE
    assert names(desk) == [f"客户{n}" for n in range(4)]


def test_who_lost_the_account_gets_nothing_done(desk):
    actor, user_id = clerk(desk)
    id = asked(desk, {"rows": 1}, actor)
    desk.store.execute('UPDATE "kefu_user" SET "active" = 0 WHERE "id" = ?', (user_id,))

    run(desk)

    found = jobs.job(desk.store, id)
    assert (found.state, found.fault) == (JobState.PARKED, {"code": "asker_gone", "login": "li"})
    assert names(desk) == []


def test_a_role_taken_away_meanwhile_counts(desk):
    actor, user_id = clerk(desk)
    id = asked(desk, {"rows": 1}, actor)
    desk.store.execute('DELETE FROM "kefu_user_role" WHERE "user_id" = ?', (user_id,))

    run(desk)

    assert jobs.job(desk.store, id).fault["code"] == "not_found"
    assert names(desk) == []


def test_a_refusal_parks_at_once_with_its_reason(desk, caplog):
    def refuses(step):
        raise StillReferenced(visible="工单 3", hidden=False)

    id = asked(desk, {})
    with caplog.at_level(logging.ERROR, logger=running.log.name):
        run(desk, refuses)

    found = jobs.job(desk.store, id)
    assert (found.state, found.tries) == (JobState.PARKED, 1)
    assert found.fault == {"code": "still_referenced", "visible": "工单 3", "hidden": "False"}
    assert caplog.text.count("is parked") == 1


@pytest.mark.parametrize(
    ("kinds", "fault"),
    [
        ({}, {"code": "job_unknown_kind", "kind": "demo"}),
        ({"demo": kind(rows, 2)}, {"code": "job_other_version", "found": 1, "known": 2}),
    ],
)
def test_what_this_program_does_not_know_waits_for_one_that_does(desk, kinds, fault):
    id = asked(desk, {"rows": 1})

    running.run_due(desk, kinds=kinds)

    assert jobs.job(desk.store, id).state is JobState.WAITING
    assert jobs.job(desk.store, id).fault == fault


def test_a_chunk_that_keeps_nothing_is_a_fault_of_the_program(desk):
    id = asked(desk, {})

    run(desk, lambda step: None)

    assert jobs.job(desk.store, id).fault == {"code": "job_kept_nothing"}


def test_a_busy_database_is_tried_again_within_the_chunk(desk):
    actor, _ = clerk(desk)
    id = asked(desk, {"rows": 2}, actor)
    tries = iter([True, True, False])

    def busy(step):
        if next(tries):
            raise BusyBeforeCommit
        rows(step)

    run(desk, busy)

    assert jobs.job(desk.store, id).state is JobState.DONE


def test_after_a_commit_nobody_knows_the_end_of_the_row_decides(desk):
    actor, _ = clerk(desk)
    id = asked(desk, {"rows": 4}, actor)
    lost = iter([True, False, False])

    def cut_off(step):
        rows(step)
        if next(lost):
            raise CommitUnknown

    run(desk, cut_off)

    assert jobs.job(desk.store, id).state is JobState.DONE
    assert names(desk) == [f"客户{n}" for n in range(4)]


def test_a_job_taken_over_while_it_hung_is_left_to_the_other(desk):
    actor, _ = clerk(desk)
    id = asked(desk, {"rows": 2}, actor)

    def hangs(step):
        with desk.store.transaction():
            desk.store.execute('UPDATE "kefu_job" SET "due_ms" = 1')
        run(desk)  # the other worker, meanwhile
        rows(step)

    running.run_one(desk, owner="slow", kinds={"demo": kind(hangs)})

    assert jobs.job(desk.store, id).state is JobState.DONE
    assert names(desk) == ["客户0", "客户1"]


def test_a_worker_of_an_old_config_gives_the_job_back_untried(desk):
    id = asked(desk, {})

    def moved(step):
        raise ConfigMoved

    with pytest.raises(ConfigMoved):
        run(desk, moved)

    assert (jobs.job(desk.store, id).state, jobs.job(desk.store, id).tries) == (
        JobState.WAITING,
        0,
    )


def test_a_long_job_lets_others_have_their_turn(desk, monkeypatch):
    monkeypatch.setattr(running, "SLICE_SECONDS", 0.0)  # every slice is over at once
    order = []

    def long(step):
        order.append(step.job.id)
        with step.transaction():
            if step.job.done < 2:
                step.advance({}, done=step.job.done + 1)
            else:
                step.finish(done=3)

    first, second = asked(desk, {}), asked(desk, {})
    run(desk, long)

    assert sorted(order) == [first] * 3 + [second] * 3
    assert order != sorted(order)


def test_an_idle_look_is_one_statement(desk, monkeypatch):
    statements = []
    execute = desk.store._executed
    monkeypatch.setattr(
        desk.store, "_executed", lambda sql, params: statements.append(sql) or execute(sql, params)
    )

    assert not running.run_one(desk, owner="idle")

    assert len(statements) == 1


def test_the_running_worker_waits_when_idle_and_stops_when_told(desk, monkeypatch):
    def chunk(step):
        with step.transaction():
            step.finish(done=1)

    monkeypatch.setattr(running, "KINDS", {"demo": kind(chunk)})
    stop, told = threading.Event(), []
    asked(desk, {})

    def wait(seconds):
        told.append(seconds)
        stop.set()

    running.run(desk, stop, owner="one", wait=wait, chunk_told=told.append)

    assert told == [True, False, running.POLL_SECONDS]


def test_the_lease_of_a_long_chunk_is_renewed_until_it_ends(desk):
    seen = []

    def slow(step):
        """Goes on until its lease has been begun anew."""
        until = time.monotonic() + 20
        while time.monotonic() < until:
            due_ms = jobs.job(step.desk.store, step.job.id).due_ms
            if due_ms > step.job.due_ms:
                seen.append(due_ms)
                break
        with step.transaction():
            step.finish(done=1)

    long = JobKind(name="demo", version=1, label="试验", chunk=slow, is_long=True)
    id = asked(desk, {})

    assert running.run_one(desk, owner="long", kinds={"demo": long}, lease_ms=300)

    assert seen
    assert jobs.job(desk.store, id).state is JobState.DONE


def test_a_long_chunk_that_was_cancelled_keeps_nothing(desk):
    def slow(step):
        with step.desk.store.transaction():
            jobs.cancel(step.desk.store, step.job.id, now=NOW)
        with step.transaction():
            step.finish(done=1)

    long = JobKind(name="demo", version=1, label="试验", chunk=slow, is_long=True)
    id = asked(desk, {})

    assert running.run_one(desk, owner="long", kinds={"demo": long})

    assert jobs.job(desk.store, id).state is JobState.CANCELLED
