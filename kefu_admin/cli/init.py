"""`kefu init DIR`: a directory with a desk's config, seeds and a fresh secret.

The config is a copy of the shipped desk, or, with `--extends`, a few lines that stand on it and
change what they name.
"""

from __future__ import annotations

import argparse
import re
import shutil
from pathlib import Path

from kefu_admin import shipped
from kefu_admin.cli.output import DONE, FAULTY, Output
from kefu_admin.definitions.layers import PROFILES, PROJECT_FILE, known_layers
from kefu_admin.definitions.naming import Id
from kefu_admin.settings import Settings, write_secret

_EXTENDING = """\
# {first}
# {second}
id: {id}
extends: [{layers}]
"""


def add_arguments(parser: argparse.ArgumentParser, output: Output) -> None:
    """The directory to fill, and what its config stands on."""
    parser.add_argument("directory", metavar="DIR", type=Path, help=output.text("新目录"))
    parser.add_argument(
        "--extends",
        action="append",
        default=[],
        metavar="LAYER",
        help=output.text("不复制配置，而是建在这一层之上（如 desk）；可写多次"),
    )


def run(given: argparse.Namespace, here: Settings, output: Output) -> int:
    """Lay config and seeds, make the secret; what is there already is never touched."""
    top: Path = given.directory
    taken = [name for name in ("config", "seeds") if (top / name).exists()]
    if taken:
        output.warn("{path} 已经存在，没有改动任何文件。", path=top / taken[0])
        return FAULTY
    known = known_layers(top / "config")
    missing = [name for name in given.extends if name not in known]
    if missing:
        output.warn("没有层“{name}”；可用的层：{known}。", name=missing[0], known=", ".join(known))
        return FAULTY
    if given.extends:
        _extend(top / "config", given.extends, output)
    else:
        _copy(top / "config")
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


def _extend(config: Path, layers: list[str], output: Output) -> None:
    config.mkdir(parents=True)
    text = _EXTENDING.format(
        first=output.text("本目录是最上层：只写与下面各层不同的内容，升级会自动带来其余部分。"),
        second=output.text("查看某项配置的来历：kefu explain config types.customer.fields.phone"),
        id=_id(config.parent),
        layers=", ".join(layers),
    )
    (config / PROJECT_FILE).write_text(text, "utf-8")


def _copy(config: Path) -> None:
    shutil.copytree(
        shipped.config_directory(), config, ignore=shutil.ignore_patterns(PROFILES, ".*")
    )
    path = config / PROJECT_FILE
    text = re.sub(r"^id: .*$", f"id: {_id(config.parent)}", path.read_text("utf-8"), flags=re.M)
    path.write_text(text, "utf-8")


def _id(directory: Path) -> str:
    """An id for the project from its directory's name."""
    words = re.sub(r"[^a-z0-9]+", "_", directory.resolve().name.lower()).strip("_")
    return words if Id(40).fits(words) else "own_desk"
