"""R14: jobs that raise, hang, exhaust memory, kill their process or come from an old version are
parked with their reason; good ones beside them are done. One real process per fault."""

from __future__ import annotations

import logging
import os
import threading
import time

import pytest

from kefu_admin import settings
from kefu_admin.actor import system_actor
from kefu_admin.operations.desk import Desk
from kefu_admin.store import jobs
from kefu_admin.store.jobs import JobState, Wanted
from kefu_admin.worker import jobs as running
from kefu_admin.worker import supervisor
from kefu_admin.worker.supervisor import Runner
from tests.conftest import PROJECTS
from tests.databases import NOW, SECRET

POISON = {
    "raises": {"code": "job_raised", "error": "ValueError"},
    "hangs": {"code": "job_too_long", "seconds": 1},
    "eats": {"code": "job_raised", "error": "MemoryError"},
    "kills": {"code": "job_killed", "signal": 9},
    "old": {"code": "job_other_version", "found": 1, "known": 2},
}
PATIENCE_SECONDS = 240  # ten times what a busy machine was seen to take


@pytest.fixture
def here(store, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(SECRET)
    return settings.read(
        {"KEFU_JOB_MEMORY_MIB": "512"},
        config=str(PROJECTS / "small"),
        data=str(store.data_directory),
        database_url=store.url,
        secret_file=str(secret),
    )


@pytest.fixture
def desk(store, small_project):
    return Desk(small_project, store)


@pytest.fixture(autouse=True)
def _heard(monkeypatch):
    """import-linter, run by another test, switches off every logger there is."""
    for log in (running.log, supervisor.log):
        monkeypatch.setattr(log, "disabled", False)


def ask(desk, kind, version=2):
    wanted = Wanted(kind=kind, payload_version=version, payload={})
    with desk.store.transaction():
        return jobs.ask(desk.store, wanted, actor=system_actor("tests"), now=NOW)


def on_the_last_try(desk, ids):
    """What came before is told in tests/store/test_jobs.py."""
    for id in ids:
        desk.store.execute('UPDATE "kefu_job" SET "tries" = 5 WHERE "id" = ?', (id,))


def until(true):
    ends = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < ends
        threading.Event().wait(0.05)


def test_poison_is_parked_and_the_good_are_done(desk, here, caplog):
    ids = {kind: ask(desk, kind, 1 if kind == "old" else 2) for kind in POISON}
    on_the_last_try(desk, ids.values())
    good = [ask(desk, "good") for _ in range(20)]
    stop = threading.Event()
    started = []

    def start():
        started.append(Runner(here, "jobs", chunk_seconds=1.0, module="tests.worker.poison"))
        return started[-1]

    def are(state, some):
        return all(jobs.job(desk.store, id).state is state for id in some)

    thread = threading.Thread(target=supervisor.supervise, args=(desk, stop, start))
    with caplog.at_level(logging.WARNING, logger="kefu_admin.worker"):
        thread.start()
        try:
            until(lambda: are(JobState.DONE, good))
            until(lambda: are(JobState.PARKED, ids.values()))
        finally:
            stop.set()
            thread.join(PATIENCE_SECONDS)

    found = {kind: dict(jobs.job(desk.store, id).fault) for kind, id in ids.items()}
    for fault in found.values():
        fault.pop("at", None)
    assert found == POISON
    for kind in ("hangs", "kills"):  # those of the others are told by their own process
        assert caplog.text.count(f"({kind}) is parked") == 1
    assert len(started) == 3  # the first, and one after each that was ended
    with pytest.raises(ProcessLookupError):
        os.kill(started[-1].pid, 0)
