"""Keeping the processes that run jobs and send events: started when there is something to do, ended
when a chunk hangs.

A chunk that loops, eats all memory or ends its process so harms neither the web nor the sealing
beside it. What the process held is given back at once with the reason; the try was counted when the
job was taken.
"""

from __future__ import annotations

import logging
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from kefu_admin import settings
from kefu_admin.operations.desk import Desk
from kefu_admin.problems import Busy
from kefu_admin.settings import Settings
from kefu_admin.store import jobs as rows
from kefu_admin.store.database import Store
from kefu_admin.store.jobs import LEASE_MS
from kefu_admin.worker import jobs
from kefu_admin.worker.runner import BEGIN

log = logging.getLogger("kefu_admin.worker.supervisor")

JOBS, LONG, DELIVERY = "jobs", "long", "delivery"
_LONGEST_CHUNK = {LONG: 6 * 3600.0}  # seconds; of the others: their lease
STOP_SECONDS = 10.0
_LOOK_SECONDS = 1.0
_LONGEST_PAUSE = 60.0  # between two starts, when it ends again and again


class Runner:
    """The process, seen from the one that started it."""

    def __init__(
        self,
        here: Settings,
        work: str,
        *,
        chunk_seconds: float | None = None,
        module: str = "kefu_admin.worker",
    ) -> None:
        self.work = work
        self.owner = jobs.new_owner()
        self._chunk_seconds = chunk_seconds or _LONGEST_CHUNK.get(work, LEASE_MS / 1000)
        self._begun_at: float | None = None
        self.fault: Mapping[str, Any] | None = None  # why it was ended by us
        self._process = subprocess.Popen(  # noqa: S603 -- our own module
            [sys.executable, "-m", module, work, self.owner],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=settings.environment(here, os.environ),
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._wake, self._told = self._process.stdin, self._process.stdout
        os.set_blocking(self._wake.fileno(), False)

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def wake(self) -> None:
        """There may be a job. A full pipe says so already, a broken one is noticed by `listen`."""
        try:
            os.write(self._wake.fileno(), b"j")
        except (BlockingIOError, BrokenPipeError, ValueError):
            return

    def listen(self, seconds: float) -> bool:
        """Hear what it says for so long at most; False once it has ended. A chunk that takes too
        long ends it."""
        if select.select([self._told], [], [], seconds)[0]:
            said = os.read(self._told.fileno(), 4096)
            if not said:
                return False
            self._begun_at = time.monotonic() if said.endswith(BEGIN) else None
        if self._begun_at is not None and time.monotonic() - self._begun_at > self._chunk_seconds:
            self.fault = {"code": "job_too_long", "seconds": round(self._chunk_seconds)}
            self._process.kill()
        return True

    def stop(self) -> None:
        """Let it end after its chunk; one that does not is killed."""
        self._wake.close()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def ended(self) -> tuple[int, Mapping[str, Any]]:
        """Its exit code once it is gone, and what becomes the fault of a job it still held."""
        code = self._process.wait()
        self._told.close()
        if not self._wake.closed:
            self._wake.close()
        if self.fault is not None:
            return code, self.fault
        return code, {"code": "job_killed", "signal": -code} if code < 0 else {"code": "job_lost"}


def supervise(
    desk: Desk,
    stop: threading.Event,
    start: Callable[[], Runner],
    until_due: Callable[[Store], int | None] = rows.milliseconds_until_due,
) -> None:
    """Keep a runner while there is something to do, until told to stop.

    Args:
        until_due: milliseconds until there is; 0 starts the runner.
    """
    pause, failures = 0.0, 0
    while not stop.wait(pause):
        pause = _LOOK_SECONDS
        try:
            if until_due(desk.store) != 0:
                continue
            code = _attend(desk, start(), stop)
        except Busy:
            log.warning("the database does not answer; looking for jobs again later")
            continue
        if code > 0:  # it could not even begin, and has said why
            failures += 1
            pause = min(_LONGEST_PAUSE, 2.0**failures)
        else:
            failures = 0
    desk.store.release()


def _attend(desk: Desk, runner: Runner, stop: threading.Event) -> int:
    """Stay with a runner until it has ended; returns its exit code."""
    if runner.work == JOBS:
        desk.store.job_asked = runner.wake
    desk.store.release()
    while runner.listen(_LOOK_SECONDS):
        if stop.is_set():
            runner.stop()
    code, fault = runner.ended()

    def give_back() -> rows.Job | None:
        with desk.store.transaction():
            return rows.abandon(desk.store, owner=runner.owner, fault=fault)

    job = desk.store.retrying(give_back)
    if job is not None:
        log.warning("job %d (%s) lost its process: %s", job.id, job.kind, fault["code"])
        jobs.tell_parked(job)
    return code
