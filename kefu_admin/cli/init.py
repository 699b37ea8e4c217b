"""`kefu init DIR`: a directory with the shipped desk's config, seeds and a fresh secret."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from kefu_admin import shipped
from kefu_admin.cli.output import DONE, FAULTY, Output
from kefu_admin.settings import Settings, write_secret


def add_arguments(parser: argparse.ArgumentParser, output: Output) -> None:
    """The directory to fill."""
    parser.add_argument("directory", metavar="DIR", type=Path, help=output.text("新目录"))


def run(given: argparse.Namespace, here: Settings, output: Output) -> int:
    """Copy config and seeds, make the secret; what is there already is never touched."""
    top: Path = given.directory
    taken = [name for name in ("config", "seeds") if (top / name).exists()]
    if taken:
        output.warn("{path} 已经存在，没有改动任何文件。", path=top / taken[0])
        return FAULTY
    shutil.copytree(shipped.config_directory(), top / "config")
    shutil.copytree(shipped.seeds_directory(), top / "seeds")
    write_secret(top / "secret")
    output.say("已在 {path} 放好配置、基础数据和密钥。接下来：", path=top)
    for command in (
        f"cd {top}",
        "export KEFU_SECRET_FILE=secret",
        "kefu check",
        "kefu apply",
        "kefu user add LOGIN --name NAME --roles admin",
        "kefu run",
    ):
        output.line(f"  {command}")
    return DONE
