"""`kefu run`: web and worker in one process; `--demo` prepares everything and shows demo logins."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from kefu_admin import clock, worker
from kefu_admin.actor import system_actor
from kefu_admin.behaviours.making import BadInstruction
from kefu_admin.cli.output import Output
from kefu_admin.cli.running import BAD_SEEDS, print_refusal
from kefu_admin.cli.seed import invent, load_masters, seeds_directory, show_logins
from kefu_admin.opening import open_desk, private_files, private_logs
from kefu_admin.operations import dated, seeding
from kefu_admin.operations.derived import bring_up_derived
from kefu_admin.operations.desk import Desk
from kefu_admin.problems import Invalid
from kefu_admin.settings import Settings
from kefu_admin.store.apply import apply, plan

DEMO_ROWS = 300
_STOP_SECONDS = 10


def add_arguments(parser: argparse.ArgumentParser, output: Output) -> None:
    """Demo mode, and where to listen."""
    parser.add_argument("--demo", action="store_true", help=output.text("演示模式：自带数据和账号"))
    parser.add_argument("--host", help=output.text("监听地址"))
    parser.add_argument("--port", help=output.text("监听端口"))


def run(given: argparse.Namespace, here: Settings, output: Output) -> int:
    """Serve until told to stop; the worker ends with it."""
    from kefu_admin.app import create_app  # only a web process needs Flask
    from kefu_admin.cli.serving import serve
    from kefu_admin.faces import http

    private_files()
    desk = open_desk(here)
    private_logs(here, desk.project)
    if here.demo:
        prepare_demo(desk, here, output)
    app = create_app(here, desk=desk)
    stop = threading.Event()

    def moved() -> None:
        if (restart := http.runtime(app).restart) is not None:
            restart()

    thread = threading.Thread(
        target=worker.run,
        args=(desk, here, stop),
        kwargs={"moved": moved},
        name="worker",
        daemon=True,
    )
    thread.start()

    def end_worker() -> None:
        stop.set()
        thread.join(_STOP_SECONDS)

    try:
        return serve(app, here, output, ending=end_worker)
    finally:
        end_worker()
        desk.store.close()


def prepare_demo(desk: Desk, here: Settings, output: Output) -> None:
    """Tables, master data, demo people and records; what is there already stays as it is."""
    now = clock.now()
    store = desk.store
    with store.connection():
        wanted = plan(store)
        if not wanted.is_empty:
            apply(store, wanted, consent=frozenset(), actor=system_actor("demo"), now=now)
        bring_up_derived(desk, now=now)
        dated.bring_up(desk, now=now)
        seeds = seeding.read(seeds_directory(here))
        with _as_far_as_it_fits(output):
            load_masters(desk, seeds, now=now, output=output)
        logins = seeding.people(store, seeds, now=now)
        with _as_far_as_it_fits(output):
            invent(desk, seeds, rows=DEMO_ROWS, now=now, output=output)
    output.say("演示模式：数据在 {path}，只能从本机访问。", path=here.data)
    show_logins(logins, output)


@contextmanager
def _as_far_as_it_fits(output: Output) -> Iterator[None]:
    """A config that has moved on from the seeds keeps nobody from the desk: what does not fit is
    told, and no more is added."""
    try:
        yield
    except BadInstruction as error:
        output.warn(BAD_SEEDS, what=error)
    except Invalid as refusal:
        print_refusal(refusal, output)
    else:
        return
    output.warn("seeds 与现在的配置对不上，没有再补充演示数据；已有的数据照常使用。")
