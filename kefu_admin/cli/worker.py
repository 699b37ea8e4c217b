"""`kefu worker`: sealing, anchors, schedules, jobs and events; `--once` what is due."""

from __future__ import annotations

import argparse
import signal
import threading

from kefu_admin import clock, worker
from kefu_admin.cli.output import DONE, Output
from kefu_admin.cli.renewing import may_renew, renew
from kefu_admin.opening import open_desk, private_files, private_logs
from kefu_admin.settings import Settings
from kefu_admin.store.readiness import assert_ready


def add_arguments(parser: argparse.ArgumentParser, output: Output) -> None:
    """One round or for good."""
    parser.add_argument("--once", action="store_true", help=output.text("做一轮就结束"))


def run(given: argparse.Namespace, here: Settings, output: Output) -> int:
    """Do what is due; a newer config renews the process."""
    private_files()
    desk = open_desk(here)
    private_logs(here, desk.project)
    with desk.store.connection():
        assert_ready(desk.store)
    if given.once:
        worker.tick_once(desk, here, now=clock.now())
        worker.once(desk, now=clock.now())
        worker.send_once(desk, here)
        return DONE
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, lambda *_: stop.set())
    output.say("后台任务已启动（按 Ctrl-C 停止）。")
    is_moved = threading.Event()

    def moved() -> None:
        if not is_moved.is_set() and may_renew(here, output):
            is_moved.set()
            stop.set()

    worker.run(desk, here, stop, moved=moved)
    if is_moved.is_set():
        desk.store.close()
        renew()
    return DONE
