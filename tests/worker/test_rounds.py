"""The worker: one round does everything due, and stopping leaves nothing unsealed."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

import pytest

from kefu_admin import worker
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.schedules.cleaning import clean_up
from kefu_admin.store import audit, idempotency, seal, sessions, throttle
from kefu_admin.store.dialect import Dialect
from kefu_admin.store.seal.candidates import sealed_ids
from kefu_admin.store.verify import check_audit
from kefu_admin.worker import rounds
from tests.operations.people import BOOT, NOW, enter, person, project
from tests.store.books import seal_all

LATER = NOW + timedelta(days=2)


@pytest.fixture
def desk(open_store):
    made = project()
    return Desk(made, open_store(made))


@pytest.fixture(autouse=True)
def _heard(monkeypatch):
    """import-linter, run by another test, switches off every logger there is."""
    monkeypatch.setattr(rounds.log, "disabled", False)


def count(desk, table):
    return desk.store.value(f'SELECT COUNT(*) FROM "{table}"')


def test_one_round_seals_and_anchors(desk):
    person(desk.store, "li")
    enter(desk, "li")

    worker.once(desk, now=LATER)
    seal_rest(desk)
    worker.once(desk, now=LATER)

    report = check_audit(desk.store, now=LATER)
    assert report.is_sound
    assert report.counts["unsealed"] == 0
    assert report.counts["anchors"] >= 1


def test_cleaning_up_forgets_what_has_ended(desk):
    person(desk.store, "li")
    enter(desk, "li")
    key = idempotency.idempotency_key("k", {})
    with desk.store.transaction():
        idempotency.keep(desk.store, BOOT, "x", key, {}, now=NOW)
        throttle.hit(desk.store, "k", throttle.Limit(count=1, seconds=60), now=NOW)

    clean_up(desk, now=LATER)

    for table in ("kefu_session", "kefu_idempotency", "kefu_throttle"):
        assert count(desk, table) == 0


def seal_rest(desk):
    """What other tests' transactions on the same PostgreSQL held back."""
    with desk.store.transaction():
        desk.store.execute('UPDATE "kefu_lease" SET "until_ms" = 0')
    seal_all(desk.store)
    with desk.store.transaction():
        desk.store.execute('UPDATE "kefu_lease" SET "until_ms" = 0')


def test_cleaning_up_keeps_what_still_counts(desk):
    person(desk.store, "li")
    begun = enter(desk, "li")

    clean_up(desk, now=NOW)

    assert sessions.found(desk.store, begun.token, now=NOW)
    assert count(desk, "kefu_throttle") == 1


def test_the_running_worker_seals_and_anchors_before_it_stops(desk):
    stop = threading.Event()
    thread = threading.Thread(target=rounds.run, args=(desk, stop))
    thread.start()
    for version in range(1, 6):
        with desk.store.transaction():
            audit.write(
                desk.store,
                audit.Line(actor=BOOT, action="x", at=NOW, type="t", record_id=1, version=version),
            )
    stop.set()
    thread.join()
    was_held_back = not sealed_ids(desk.store)
    seal_rest(desk)

    assert len(sealed_ids(desk.store)) == 5
    assert not was_held_back or desk.store.dialect is Dialect.POSTGRESQL
    assert was_held_back or list(seal.anchors(desk.store))


def test_a_task_that_fails_is_logged_and_the_others_go_on(desk, caplog):
    def fail(desk, now):
        raise RuntimeError("broken")

    with caplog.at_level(logging.ERROR, logger="kefu_admin.worker.rounds"):
        rounds._try(rounds.Task("broken", 1, fail), desk)

    assert "the task 'broken' failed" in caplog.text
    assert "RuntimeError: broken" in caplog.text


def test_lines_that_wait_long_for_the_sealer_are_warned_of(desk, caplog):
    person(desk.store, "li")

    with caplog.at_level(logging.WARNING, logger="kefu_admin.worker.rounds"):
        rounds.watch_sealing(desk, NOW + timedelta(seconds=10))
        assert caplog.text == ""
        rounds.watch_sealing(desk, NOW + timedelta(seconds=11))

    assert "are not sealed yet" in caplog.text


def test_the_running_worker_hears_that_another_config_was_applied(desk, monkeypatch):
    heard = []
    watch = rounds.watching(lambda: heard.append("moved"))

    watch.work(desk, NOW)
    monkeypatch.setattr(desk.store, "started_on", "of another config")
    watch.work(desk, NOW)

    assert heard == ["moved"]
