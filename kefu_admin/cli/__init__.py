"""The command `kefu`: one module per command, imported only when it is the one asked for.

Exit codes: 0 done · 1 what was asked about is not in order (config faults, a failed example, a
broken audit chain) or was refused · 2 the command or a setting is wrong · 3 the database is not
ready for this config.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Mapping, Sequence
from types import MappingProxyType, ModuleType

from kefu_admin import __version__, wording
from kefu_admin.cli.output import FAULTY, WRONG, Output, language
from kefu_admin.cli.words import speaking

COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "init": "在一个目录里放好客服中心的配置和密钥",
        "check": "检查配置，列出全部问题",
        "plan": "比较配置和数据库，列出要做的改动",
        "apply": "按计划改动数据库",
        "releases": "列出生效过的每一版配置",
        "rollback": "回到上一版（或指定的一版）配置",
        "seed": "载入基础数据；--demo 加演示账号，--rows 加演示数据",
        "run": "启动网页和后台任务；--demo 为演示模式",
        "web": "只启动网页",
        "worker": "只启动后台任务；--once 做一轮就结束",
        "webhook": "列出接收变更通知的系统；--keys 显示签名密钥",
        "user": "管理账号：list、add、password、unlock、disable、enable、roles",
        "token": "管理接口令牌：list、issue、revoke",
        "test": "运行配置里的权限例子",
        "verify": "检查审计链、编号、汇总和附件",
        "search": "查找索引：rebuild 按记录重建",
        "doctor": "查看系统状态：后台任务、备份、磁盘、配置，以及该怎么办",
        "backup": "备份：数据库、附件、配置，一个文件；使用中也可以做",
        "restore": "把备份恢复到空的数据库；--verify 恢复后检查，--check 只检查备份",
        "explain": "说明某人对某条记录为什么能或不能",
        "schema": "写出配置文件的 JSON Schema，供编辑器补全",
        "settings": "列出运行设置",
    }
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; answers the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    output = Output(language(arguments))
    module = _asked(arguments)
    with speaking(output):
        parser = _parser(output, module)
        try:
            given = parser.parse_args(arguments)
        except SystemExit as end:  # argparse has said why
            return WRONG if end.code else 0
        if module is None:
            parser.print_help()
            return WRONG if arguments else 0
    from kefu_admin.cli.running import run  # after the arguments are known to be right

    return run(module, given, output)


def _asked(arguments: Sequence[str]) -> ModuleType | None:
    """The module of the first word that is a command."""
    name = next((word for word in arguments if word in COMMANDS), None)
    return importlib.import_module(f"kefu_admin.cli.{name}") if name else None


def _parser(output: Output, module: ModuleType | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kefu",
        description=output.text("客服中心的管理命令。设置见 kefu settings。"),
        allow_abbrev=False,
    )
    about = output.text("显示版本")
    parser.add_argument("--version", action="version", version=f"kefu {__version__}", help=about)
    commands = parser.add_subparsers(dest="command", metavar=output.text("命令"))
    for name, about in COMMANDS.items():
        said = wording.text(about, output.locale)
        command = commands.add_parser(name, help=said, description=said, allow_abbrev=False)
        if module is not None and module.__name__.rpartition(".")[2] == name:
            _common(command, output)
            module.add_arguments(command, output)
    return parser


def _common(command: argparse.ArgumentParser, output: Output) -> None:
    """Options every command takes; each stands for a `KEFU_*` setting."""
    command.add_argument("--config", metavar="DIR", help=output.text("配置目录"))
    command.add_argument("--data", metavar="DIR", help=output.text("数据目录"))
    command.add_argument("--locale", choices=("zh", "en"), help=output.text("语言"))


__all__ = ["COMMANDS", "FAULTY", "main"]
