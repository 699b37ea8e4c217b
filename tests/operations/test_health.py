"""Every check tells the sound from the unsound, and says what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from kefu_admin import settings, wording
from kefu_admin.actor import Actor, system_actor
from kefu_admin.operations import backups, health
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.health import State, figures, looking, telling
from kefu_admin.operations.health.figures import Disk
from kefu_admin.operations.verifying import verify_and_remember
from kefu_admin.problems import Forbidden
from kefu_admin.store import audit, jobs, seal
from kefu_admin.store.deliveries import DeliveryState
from kefu_admin.store.jobs import JobState
from tests.databases import NOW
from tests.store.books import seal_all

GIB = 1024**3


@pytest.fixture
def here(tmp_path):
    secret = tmp_path / "secret"
    settings.write_secret(secret)
    return settings.read({}, data=str(tmp_path), secret_file=str(secret))


@pytest.fixture
def desk(store, small_project):
    return Desk(small_project, store)


def found(desk, here, now=None):
    now = now or desk.store.database_now()
    return {check.name: check for check in health.checks(desk, here, now=now)}


def around(desk, here, **changed):
    told = replace(figures(desk.store, here), **changed)
    return looking.Around(desk=desk, here=here, now=NOW, figures=told)


def test_a_fresh_desk_wants_a_backup_and_a_verification(desk, here):
    checks = found(desk, here)

    assert {name: check.state.value for name, check in checks.items()} == {
        "database": "ok", "config": "ok", "audit": "ok", "jobs": "ok", "outbox": "ok",
        "schedules": "ok", "backup": "attention", "verify": "attention", "calendar": "ok",
        "disk": "ok", "secret": "ok",
    }  # fmt: skip


def test_every_finding_has_its_sentence_in_both_languages(desk, here):
    for locale in wording.LOCALES:
        for check in found(desk, here).values():
            assert all(telling.found(check, locale, desk.zone))
            assert "{" not in "".join(telling.found(check, locale, desk.zone))
            assert bool(telling.mend(check, locale, desk.zone)) is (check.state is not State.OK)
            assert telling.label(check, locale)
            assert telling.state(check, locale)


@pytest.fixture
def dialect(request):
    """Most checks do not differ by database."""
    return getattr(request, "param", "sqlite")


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql", "mariadb"], indirect=True)
def test_figures_are_read_on_every_database(desk, here):
    with desk.store.transaction():
        jobs.ask(
            desk.store,
            jobs.Wanted(kind="none", payload_version=1, payload={}),
            actor=system_actor("tests"),
            now=NOW,
        )
    told = figures(desk.store, here)

    assert told.jobs[JobState.WAITING] == 1
    assert told.outbox_waiting == 0
    assert told.overdue_ms < 60_000
    assert {"data", "backups", "temp"} <= told.disks.keys()


def test_lines_long_unsealed_point_at_the_worker(desk, here):
    with desk.store.transaction():
        audit.write(desk.store, audit.Line(actor=system_actor("t"), action="x", at=NOW))

    assert found(desk, here, NOW + timedelta(minutes=1))["audit"].state is State.ATTENTION
    late = found(desk, here, NOW + timedelta(minutes=6))["audit"]
    assert late.state is State.BAD
    assert late.mend.code == "health_worker_mend"

    seal_all(desk.store)
    assert found(desk, here, NOW + timedelta(minutes=20))["audit"].mend.code == "health_anchor_mend"
    seal.anchor(desk.store, now=NOW)
    assert found(desk, here, NOW + timedelta(minutes=20))["audit"].state is State.OK


@pytest.mark.parametrize(
    ("overdue", "parked", "state"),
    [(0, 0, State.OK), (120, 0, State.ATTENTION), (0, 2, State.ATTENTION), (700, 0, State.BAD)],
)
def test_jobs_parked_or_left_waiting_are_told(desk, here, overdue, parked, state):
    counts = {JobState.WAITING: 1, JobState.RUNNING: 0, JobState.PARKED: parked}
    check = looking._jobs(around(desk, here, jobs=counts, overdue_ms=overdue * 1000))
    assert check.state is state


def test_events_nobody_hands_on_and_parked_deliveries_are_told(desk, here):
    none = {DeliveryState.WAITING: 0, DeliveryState.PARKED: 0}

    def check(**changed):
        return looking._outbox(around(desk, here, **{"deliveries": none, **changed}))

    assert check().state is State.OK
    late = check(outbox_waiting=3, outbox_since=NOW - timedelta(minutes=11))
    assert late.mend.code == "health_worker_mend"
    assert check(deliveries={**none, DeliveryState.PARKED: 1}).mend.code == "health_outbox_mend"


def test_a_backup_ages(desk, here, tmp_path):
    backups.back_up(
        desk.store, tmp_path / "b", config=None, lock=None, keep=None,
        actor=system_actor("t"), now=NOW,
    )  # fmt: skip

    def state(age):
        return found(desk, here, NOW + age)["backup"].state

    assert state(timedelta(hours=25)) is State.OK
    assert state(timedelta(hours=27)) is State.ATTENTION
    assert state(timedelta(days=8)) is State.BAD


def test_findings_of_the_last_verification_are_bad(desk, here):
    verify_and_remember(desk, now=NOW)
    assert found(desk, here, NOW)["verify"].state is State.OK
    assert found(desk, here, NOW + timedelta(days=3))["verify"].state is State.ATTENTION

    from kefu_admin.store.verify import Finding

    verify_and_remember(desk, now=NOW, also=(Finding.of("search_missing"),))
    assert found(desk, here, NOW)["verify"].state is State.BAD


@pytest.mark.parametrize(
    ("free", "total", "state"),
    [
        (50 * GIB, 100 * GIB, State.OK),
        (1 * GIB, 100 * GIB, State.ATTENTION),
        (GIB // 4, 100 * GIB, State.BAD),
        (GIB // 2, 4 * GIB, State.OK),
    ],
)
def test_disks_fill(desk, here, free, total, state):
    disk = Disk(path=Path("/data"), total=total, free=free)
    assert looking._disk(around(desk, here, disks={"data": disk})).state is state


def test_triggers_that_are_gone_are_bad(desk, here):
    (name,) = desk.store.row(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'kefu_audit'"
    )
    desk.store.execute(f'DROP TRIGGER "{name}"')

    check = found(desk, here)["config"]

    assert check.state is State.BAD
    assert [said.code for said in check.found] == ["ready_unguarded"]


def test_clocks_apart_are_told(desk, here):
    now = desk.store.database_now()
    assert found(desk, here, now + timedelta(seconds=5))["database"].state is State.ATTENTION
    assert found(desk, here, now - timedelta(minutes=5))["database"].state is State.BAD


def test_a_secret_others_can_read_is_told(desk, here):
    here.secret_file.chmod(0o644)
    assert found(desk, here)["secret"].state is State.ATTENTION


def test_a_database_that_is_away_is_told_and_the_rest_left_out(desk, here, tmp_path):
    from kefu_admin.store.database import Store

    store = Store.open(
        "postgresql://nobody@127.0.0.1:1/none", desk.project,
        data_directory=tmp_path, secret=b"x" * 32,
    )  # fmt: skip
    checks = found(Desk(desk.project, store), here, NOW)

    assert {name: check.state for name, check in checks.items()} == {
        "database": State.BAD, "disk": State.OK, "secret": State.OK,
    }  # fmt: skip
    assert health.is_ready(Desk(desk.project, store)) == {"database": False, "config": False}


def test_looking_needs_the_right(desk, here):
    clerk = Actor(user_id=1, login="li", name="李", roles=frozenset({"clerk"}))
    with pytest.raises(Forbidden):
        health.status(desk, here, actor=clerk, now=NOW)
