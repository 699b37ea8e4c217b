"""Running jobs: claim one, do chunk after chunk, give it back when others wait.

Safe to run in any number of threads and processes: the job's row decides who does what
(`store.jobs`). What a chunk raises is kept with the job in a person's words, the traceback goes to
the log.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from kefu_admin import clock
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.job_kinds import KINDS
from kefu_admin.operations.jobs import JobKind, Step, asker_of
from kefu_admin.problems import Busy, ConfigMoved, Refusal
from kefu_admin.store import jobs
from kefu_admin.store.faults import CommitUnknown
from kefu_admin.store.jobs import ANY, Job, JobState, Lane, LeaseLost

log = logging.getLogger("kefu_admin.worker.jobs")

POLL_SECONDS = 1.0  # how long a job asked for in another process waits at most
SLICE_SECONDS = 2.0  # how long one job goes on while others may be waiting
_AWAY_SECONDS = 5.0  # before the next look when the database does not answer
_LONGEST_CODE = 200

ChunkTold = Callable[[bool], None]


def nobody(begins: bool) -> None:
    """Nobody asks when chunks begin and end."""


def new_owner() -> str:
    """A name no other worker has: machine, process, and a chance."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"


def run(
    desk: Desk,
    stop: threading.Event,
    *,
    owner: str,
    wait: Callable[[float], object],
    chunk_told: ChunkTold = nobody,
    lane: Lane = ANY,
) -> None:
    """Jobs until told to stop, which is heard between two chunks.

    Args:
        wait: sleeps so many seconds, less when there may be a job.
        chunk_told: hears of the begin (True) and end (False) of every chunk.
        lane: which jobs.

    Raises:
        ConfigMoved: another config has been applied; a new process must read it.
    """
    while not stop.is_set():
        try:
            worked = run_one(desk, owner=owner, stop=stop, chunk_told=chunk_told, lane=lane)
        except Busy:
            log.warning("the database does not answer; looking for jobs again later")
            stop.wait(_AWAY_SECONDS)
            continue
        if not worked:
            desk.store.release()
            wait(POLL_SECONDS)
    desk.store.release()


def run_due(desk: Desk, *, kinds: Mapping[str, JobKind] | None = None) -> int:
    """Every job that is due now and what they ask for; returns how many turns were taken."""
    owner = new_owner()
    turns = 0
    while run_one(desk, owner=owner, kinds=kinds):
        turns += 1
    return turns


def run_one(
    desk: Desk,
    *,
    owner: str,
    kinds: Mapping[str, JobKind] | None = None,
    lease_ms: int = jobs.LEASE_MS,
    stop: threading.Event | None = None,
    chunk_told: ChunkTold = nobody,
    lane: Lane = ANY,
) -> bool:
    """One job's turn: chunks until it is done, fails, or its time slice is over. False when no job
    is due, which costs one statement.

    Raises:
        ConfigMoved: this process must restart before it may write; the job waits for another.
    """
    store = desk.store
    if jobs.milliseconds_until_due(store, lane) != 0:
        return False

    def claim() -> Job | None:
        with store.transaction():
            return jobs.claim(store, owner=owner, lease_ms=lease_ms, lane=lane)

    job = store.retrying(claim)
    if job is None:
        return False
    if job.state is JobState.PARKED:
        tell_parked(job)
        return True
    table = KINDS if kinds is None else kinds
    ends = time.monotonic() + SLICE_SECONDS
    while (job := _told_chunk(desk, job, table, lease_ms, chunk_told)) is not None:
        if job.state is not JobState.RUNNING:
            break
        if time.monotonic() >= ends or (stop is not None and stop.is_set()):
            _put_back(desk, job)
            break
        desk.store.let_others_in()
    return True


def _told_chunk(
    desk: Desk,
    job: Job,
    kinds: Mapping[str, JobKind],
    lease_ms: int,
    chunk_told: ChunkTold,
) -> Job | None:
    chunk_told(True)
    try:
        return _chunk(desk, job, kinds, lease_ms)
    finally:
        chunk_told(False)


def _chunk(desk: Desk, job: Job, kinds: Mapping[str, JobKind], lease_ms: int) -> Job | None:
    """The next chunk; the job as it is then, None when it is no longer ours."""
    try:
        kind = _kind(job, kinds)
        step = Step(desk, job, actor=asker_of(desk, job), now=clock.now(), lease_ms=lease_ms)
        with _kept(desk, job, lease_ms) if kind.is_long else nullcontext():
            desk.store.retrying(lambda: kind.chunk(step))
    except LeaseLost:
        log.warning("job %d was taken over or cancelled while it ran here", job.id)
        return None
    except ConfigMoved:
        _put_back(desk, job, wait_ms=1000)
        raise
    except CommitUnknown:
        return _again(desk, job)
    except _Unfit as unfit:
        return _failed(desk, job, unfit.fault)
    except Busy as busy:
        return _failed(desk, job, {"code": busy.code})
    except Refusal as refusal:
        facts = {name: str(value)[:_LONGEST_CODE] for name, value in refusal.facts.items()}
        return _failed(desk, job, {"code": refusal.code, **facts}, final=True)
    except Exception as error:
        log.exception("job %d (%s) failed", job.id, job.kind)
        return _failed(desk, job, _raised(error))
    if step.is_finished:
        log.info("job %d (%s) is done", job.id, job.kind)
    return step.kept or _failed(desk, job, {"code": "job_kept_nothing"})


@contextmanager
def _kept(desk: Desk, job: Job, lease_ms: int) -> Iterator[None]:
    """The lease of a chunk that may take longer, begun anew until the chunk has ended. Should it be
    lost all the same, the chunk is refused at its end."""
    ended = threading.Event()

    def unit() -> None:
        with desk.store.transaction():
            jobs.renew(desk.store, job, lease_ms=lease_ms)

    def go_on() -> None:
        while not ended.wait(lease_ms / 3000):
            try:
                desk.store.retrying(unit)
            except LeaseLost:
                return
            except Busy:
                log.warning("job %d: its lease could not be renewed this time", job.id)
            finally:
                desk.store.release()

    thread = threading.Thread(target=go_on, name=f"lease of job {job.id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


class _Unfit(Exception):
    """This program cannot run the job."""

    def __init__(self, **fault: object) -> None:
        self.fault = fault
        super().__init__(str(fault))


def _kind(job: Job, kinds: Mapping[str, JobKind]) -> JobKind:
    kind = kinds.get(job.kind)
    if kind is None:
        raise _Unfit(code="job_unknown_kind", kind=job.kind)
    if kind.version != job.payload_version:
        raise _Unfit(code="job_other_version", found=job.payload_version, known=kind.version)
    return kind


def _again(desk: Desk, job: Job) -> Job | None:
    """The job after a commit nobody knows the end of: the row says whether it happened."""
    found = desk.store.retrying(lambda: jobs.job(desk.store, job.id))
    return found if found is not None and found.fence == job.fence else None


def _put_back(desk: Desk, job: Job, *, wait_ms: int = 0) -> None:
    def unit() -> None:
        with desk.store.transaction():
            jobs.put_back(desk.store, job, wait_ms=wait_ms)

    desk.store.retrying(unit)


def _failed(desk: Desk, job: Job, fault: Mapping[str, Any], *, final: bool = False) -> Job | None:
    def unit() -> Job | None:
        with desk.store.transaction():
            return jobs.fail(desk.store, job, fault, final=final)

    kept = desk.store.retrying(unit)
    if kept is not None:
        tell_parked(kept)
    return kept


def tell_parked(job: Job) -> None:
    """The one alert of a job, when it is parked."""
    if job.state is JobState.PARKED:
        log.error("job %d (%s) is parked: %s", job.id, job.kind, (job.fault or {}).get("code"))


def place_of(error: Exception) -> str:
    """File and line where it was raised."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "-"
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"


def _raised(error: Exception) -> Mapping[str, Any]:
    """What may be shown of a fault in the program: its kind and place. Its text may hold values."""
    return {"code": "job_raised", "error": type(error).__name__, "at": place_of(error)}
