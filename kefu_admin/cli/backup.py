"""`kefu backup`: everything in one file, consistent while the desk is in use."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path

from kefu_admin import clock
from kefu_admin.actor import system_actor
from kefu_admin.cli.output import DONE, FAULTY, WRONG, Output
from kefu_admin.opening import open_applied, private_files
from kefu_admin.settings import BadSetting, Settings
from kefu_admin.store.backup import Lock, key_of_file, key_of_passphrase

_MEBIBYTE = 1024 * 1024


def add_arguments(parser: argparse.ArgumentParser, output: Output) -> None:
    """Where to, how many to keep, and what to encrypt with."""
    parser.add_argument(
        "directory", nargs="?", metavar="DIR", help=output.text("放备份的目录（默认 KEFU_BACKUPS）")
    )
    parser.add_argument(
        "--keep", type=int, metavar="N", help=output.text("只保留最新的 N 份，删除更旧的")
    )
    add_lock_arguments(parser, output)


def add_lock_arguments(parser: argparse.ArgumentParser, output: Output) -> None:
    """What encrypts or opens a backup."""
    one = parser.add_mutually_exclusive_group()
    one.add_argument("--encrypt", action="store_true", help=output.text("用口令加密（在终端输入）"))
    one.add_argument(
        "--passphrase-file", type=Path, metavar="FILE", help=output.text("口令在这个文件里")
    )
    one.add_argument(
        "--key-file", type=Path, metavar="FILE", help=output.text("密钥文件，至少 32 字节随机内容")
    )


def run(given: argparse.Namespace, here: Settings, output: Output) -> int:
    """Make a backup; attachments that were gone or altered end with 1, the backup is made all the
    same."""
    from kefu_admin.operations.backups import back_up

    if given.keep is not None and given.keep < 1:
        output.warn("--keep 至少是 1。")
        return WRONG
    private_files()
    lock = lock_of(given, output, twice=True)
    made, gone = back_up(
        open_applied(here),
        Path(given.directory) if given.directory else here.backup_directory,
        config=here.config,
        lock=lock,
        keep=given.keep,
        actor=system_actor("backup"),
        now=clock.now(),
    )
    told = made.manifest
    output.say(
        "已备份：{path}（{size} MiB，{tables} 张表 {rows} 行，{files} 个附件）。",
        path=made.path,
        size=f"{made.size / _MEBIBYTE:.1f}",
        tables=len(told.tables),
        rows=told.rows,
        files=told.files,
    )
    output.say("密钥文件不在备份里，请另外保存。")
    for path in gone:
        output.say("已删除旧备份 {name}。", name=path.name)
    if told.strangers:
        output.say("数据库里不属于本系统的表没有备份：{names}。", names="、".join(told.strangers))
    for id in told.missing:
        output.warn("附件 {id} 的文件不见了或被改动，备份里没有它。", id=id)
    return FAULTY if told.missing else DONE


def lock_of(given: argparse.Namespace, output: Output, *, twice: bool) -> Lock | None:
    """The key the options name; a passphrase is asked for at the terminal.

    Args:
        twice: ask again, so that a slip of the finger locks nobody out.

    Raises:
        BadSetting: a file cannot be read, or no terminal can be asked.
        BackupKeyShort: it could be guessed.
    """
    try:
        if given.key_file:
            return key_of_file(given.key_file)
        if given.passphrase_file:
            return key_of_passphrase(given.passphrase_file.read_text("utf-8").strip())
    except (OSError, UnicodeDecodeError) as error:
        path = given.key_file or given.passphrase_file
        raise BadSetting("key_unreadable", path=path, why=error) from error
    if not given.encrypt:
        return None
    if not sys.stdin.isatty():
        raise BadSetting("passphrase_no_terminal")
    text = getpass.getpass(output.text("备份的口令："))
    if twice and getpass.getpass(output.text("再输一遍：")) != text:
        raise BadSetting("passphrase_differs")
    return key_of_passphrase(text)
