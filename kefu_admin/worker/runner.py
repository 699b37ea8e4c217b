"""A process that runs jobs or sends events. A `supervisor` starts it, and it ends with it.

On its standard input a byte means that there may be something to do; its end means that the
supervisor is gone. On its standard output it says when a chunk begins and ends. Memory beyond the
limit raises MemoryError in the chunk, as any other fault. It keeps nothing that a kill could lose.
"""

from __future__ import annotations

import logging
import os
import resource
import select
import signal
import sys
import threading
import time
from collections.abc import Sequence

from kefu_admin import logs, settings
from kefu_admin.opening import open_desk, private_files, private_logs, settle_memory
from kefu_admin.operations.job_kinds import LONG_JOBS, SHORT_JOBS
from kefu_admin.problems import ConfigMoved
from kefu_admin.settings import Settings
from kefu_admin.store.readiness import assert_ready
from kefu_admin.worker import jobs
from kefu_admin.worker.delivery import Sender
from kefu_admin.worker.receivers import receivers

log = logging.getLogger("kefu_admin.worker.runner")

BEGIN, END = b"(", b")"
IDLE_SECONDS = 300.0  # without a job for so long it ends; the supervisor starts another when needed


def main(arguments: Sequence[str]) -> int:
    """Do one kind of work (`jobs`, `long`, `delivery`) under the given owner's name until told to
    stop, idle, or the config has moved."""
    work, owner = arguments
    here = settings.read()
    private_files()
    sys.excepthook = logs.say_fault
    logs.set_up(as_json=here.log_format == "json")  # until the config says what is personal
    line = Line()
    signal.signal(signal.SIGTERM, lambda *_: line.stop.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the supervisor, which tells us
    limit_memory(here)
    desk = open_desk(here)
    private_logs(here, desk.project)
    with desk.store.connection():
        assert_ready(desk.store)
    settle_memory()
    try:
        if work == "delivery":
            told = receivers(here, desk.store.secret, desk.project)
            sender = Sender(desk, told, owner=owner)
            sender.run(line.stop, wait=line.wait, chunk_told=line.tell)
        else:
            lane = LONG_JOBS if work == "long" else SHORT_JOBS
            jobs.run(desk, line.stop, owner=owner, wait=line.wait, chunk_told=line.tell, lane=lane)
    except ConfigMoved:
        log.info("another config has been applied; a new process will read it")
    finally:
        desk.store.close()
    return 0


def limit_memory(here: Settings) -> None:
    """No more private memory than the setting allows."""
    most = here.job_memory_mib * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))


class Line:
    """What connects it to its supervisor."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self._heard = os.dup(0)
        self._said = os.dup(1)
        os.dup2(2, 1)  # whatever else prints goes to the log
        self._idle_since = time.monotonic()

    def tell(self, begins: bool) -> None:
        """A chunk begins or ends."""
        self._idle_since = time.monotonic()
        try:
            os.write(self._said, BEGIN if begins else END)
        except BrokenPipeError:
            self.stop.set()
        self._hear(0)

    def wait(self, seconds: float) -> None:
        """Sleep until there may be a job; stop when there has been none for long."""
        self._hear(seconds)
        if time.monotonic() - self._idle_since > IDLE_SECONDS:
            self.stop.set()

    def _hear(self, seconds: float) -> None:
        ready, _, _ = select.select([self._heard], [], [], seconds)
        if ready and not os.read(self._heard, 4096):
            self.stop.set()  # the supervisor has gone, or wants us to
