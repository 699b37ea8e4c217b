"""`python -m tests.worker.poison jobs OWNER`: runs jobs, of kinds that harm their process."""

from __future__ import annotations

import os
import signal
import sys
import threading

from kefu_admin.operations.jobs import JobKind, Step
from kefu_admin.worker import jobs
from kefu_admin.worker.runner import main


def _good(step: Step) -> None:
    with step.transaction():
        step.finish(done=1)


def _raises(step: Step) -> None:
    raise ValueError("13800001234")


def _hangs(step: Step) -> None:
    threading.Event().wait()


def _eats(step: Step) -> None:
    _good.eaten = bytearray(2 << 30)  # type: ignore[attr-defined]


def _kills(step: Step) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


KINDS = {
    name: JobKind(name=name, version=2, label=name, chunk=chunk)
    for name, chunk in {
        "good": _good,
        "raises": _raises,
        "hangs": _hangs,
        "eats": _eats,
        "kills": _kills,
        "old": _good,
    }.items()
}

if __name__ == "__main__":
    jobs.KINDS = KINDS
    sys.exit(main(sys.argv[1:]))
