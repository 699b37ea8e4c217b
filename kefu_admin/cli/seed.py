"""`kefu seed`: departments and master data; `--demo` demo people; `--rows N` invented records."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path

from kefu_admin import clock, shipped
from kefu_admin.cli.output import DONE, FAULTY, WRONG, Output
from kefu_admin.opening import open_desk
from kefu_admin.operations import seeding
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.seeding import DemoLogin, Seeds
from kefu_admin.settings import Settings
from kefu_admin.store.readiness import assert_ready


def add_arguments(parser: argparse.ArgumentParser, output: Output) -> None:
    """What beyond the master data."""
    parser.add_argument("--demo", action="store_true", help=output.text("加演示账号（只用于演示）"))
    parser.add_argument(
        "--rows", type=int, default=0, metavar="N", help=output.text("加 N 条客户和相应的演示记录")
    )
    parser.add_argument(
        "--seeds", type=Path, metavar="DIR", help=output.text("数据目录（默认在配置旁边）")
    )


def run(given: argparse.Namespace, here: Settings, output: Output) -> int:
    """Load what is missing; running it again adds nothing."""
    if given.rows < 0 or given.rows > 10_000_000:
        output.warn("--rows 应为 0 到 10000000。")
        return WRONG
    directory = given.seeds or seeds_directory(here)
    if not directory.is_dir():
        output.warn("没有数据目录 {path}。", path=directory)
        return FAULTY
    desk = open_desk(here)
    now = clock.now()
    with desk.store.connection():
        assert_ready(desk.store)
        seeds = seeding.read(directory)
        load_masters(desk, seeds, now=now, output=output, told=True)
        if given.demo:
            show_logins(seeding.people(desk.store, seeds, now=now), output)
        if given.rows:
            invent(desk, seeds, rows=given.rows, now=now, output=output)
    return DONE


def seeds_directory(here: Settings) -> Path:
    """The seeds beside the config, or the shipped ones for the shipped config."""
    beside = here.config.parent / "seeds"
    return beside if beside.is_dir() else shipped.seeds_directory()


def load_masters(
    desk: Desk, seeds: Seeds, *, now: datetime, output: Output, told: bool = False
) -> None:
    """Departments and master rows that are not there yet; `told` says so when all are."""
    made = seeding.departments(desk.store, seeds, now=now)
    rows = sum(seeding.master_rows(desk.store, master, now=now) for master in seeds.masters)
    if made or rows:
        output.say("新增 {departments} 个部门，{rows} 条基础数据。", departments=made, rows=rows)
    elif told:
        output.say("部门和基础数据都已经有了，没有要新增的。")


def invent(desk: Desk, seeds: Seeds, *, rows: int, now: datetime, output: Output) -> None:
    """Invented records up to the number asked; tells how far it is where somebody watches."""

    def told(type_id: str, done: int, wanted: int) -> None:
        if sys.stdout.isatty():
            label = desk.project.types[type_id].label.text(output.locale)
            end = "\n" if done >= wanted else ""
            print(f"\r{label}: {done}/{wanted}", end=end, flush=True)

    made = seeding.invent(desk.store, seeds, rows=rows, now=now, told=told)
    if made:
        output.say("新增 {rows} 条演示记录。", rows=made)


def show_logins(logins: tuple[DemoLogin, ...], output: Output) -> None:
    """The demo people with their passwords."""
    output.say("演示账号：")
    output.table(
        (f"  {one.name}", output.text("账号 {login}", login=one.login), one.password)
        for one in logins
    )
