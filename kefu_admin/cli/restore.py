"""`kefu restore`: a backup into an empty database, checked before and, with `--verify`, after."""

from __future__ import annotations

import argparse
from pathlib import Path

from kefu_admin import clock, settings
from kefu_admin.cli.backup import add_lock_arguments, lock_of
from kefu_admin.cli.output import DONE, FAULTY, Output
from kefu_admin.cli.verify import report_lines
from kefu_admin.definitions.project import Project
from kefu_admin.opening import add_field_types, open_owned, private_files
from kefu_admin.settings import Settings
from kefu_admin.store.apply.roles import grant
from kefu_admin.store.backup import Archive, Manifest, opened


def add_arguments(parser: argparse.ArgumentParser, output: Output) -> None:
    """Which backup, and how much is to be proved."""
    parser.add_argument("file", type=Path, metavar="FILE", help=output.text("备份文件"))
    parser.add_argument(
        "--verify", action="store_true", help=output.text("恢复之后做一遍 kefu verify")
    )
    parser.add_argument("--check", action="store_true", help=output.text("只检查备份文件，不恢复"))
    add_lock_arguments(parser, output)


def run(given: argparse.Namespace, here: Settings, output: Output) -> int:
    """Restore; what `--verify` finds ends with 1."""
    from kefu_admin.operations.backups import contents

    private_files()
    add_field_types()
    lock = lock_of(given, output, twice=False)
    with opened(given.file, secret=settings.secret(here), lock=lock) as archive:
        told, project = contents(archive)
        output.say(
            "备份完好：{name}，{at} 由 {version} 版从 {dialect} 备份，"
            "{tables} 张表 {rows} 行，{files} 个附件。",
            name=told.name,
            at=told.made_at.isoformat(" ", "seconds"),
            version=told.version,
            dialect=told.dialect,
            tables=len(told.tables),
            rows=told.rows,
            files=told.files,
        )
        for id in told.missing:
            output.warn("附件 {id} 的文件在备份时就不见了或被改动。", id=id)
        if given.check:
            return DONE
        return _restored(archive, told, project, here, output, verify=given.verify)


def _restored(
    archive: Archive,
    told: Manifest,
    project: Project,
    here: Settings,
    output: Output,
    *,
    verify: bool,
) -> int:
    from kefu_admin.operations.backups import put_back, write_config
    from kefu_admin.operations.desk import Desk
    from kefu_admin.operations.verifying import verify_and_remember

    store = open_owned(here, project)
    done = put_back(store, archive, told, now=clock.now())
    output.say("已恢复 {tables} 张表 {rows} 行、{files} 个附件，与备份逐行一致。",
        tables=done.tables, rows=done.rows, files=done.files)  # fmt: skip
    if here.owner_database_url:
        output.say("已给运行角色 {role} 授权。", role=grant(store, here.database))
    if write_config(archive, here.config):
        output.say("配置已写到 {path}。", path=here.config)
    else:
        output.say("配置目录 {path} 已存在，没有改动；请用 kefu plan 比较。", path=here.config)
    if not verify:
        return DONE
    with store.connection():
        report = verify_and_remember(Desk(project, store), now=clock.now())
    for line in report_lines(report, output):
        output.line(line)
    return DONE if report.is_sound else FAULTY
