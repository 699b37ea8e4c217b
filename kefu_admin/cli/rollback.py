"""`kefu rollback`: back to a release of the config the database has kept."""

from __future__ import annotations

import argparse
from pathlib import Path

from kefu_admin.cli.apply import add_arguments as add_consent
from kefu_admin.cli.apply import carry_out
from kefu_admin.cli.output import DONE, FAULTY, Output
from kefu_admin.definitions import load_texts
from kefu_admin.opening import open_applied, open_owned
from kefu_admin.operations.config_release import put_in_place, write_release
from kefu_admin.settings import Settings
from kefu_admin.store.apply import definition, lines, plan
from kefu_admin.store.apply.releases import release


def add_arguments(parser: argparse.ArgumentParser, output: Output) -> None:
    """Which release, where to, and what may be lost."""
    parser.add_argument(
        "release",
        nargs="?",
        default="",
        metavar="RELEASE",
        help=output.text("版本指纹的开头（见 kefu releases）；不写就是上一版"),
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help=output.text("只把这一版写到这个新目录，不动数据库和现在的配置"),
    )
    add_consent(parser, output)


def run(given: argparse.Namespace, here: Settings, output: Output) -> int:
    """Show the plan back; then put the release in place of the config directory and apply it.

    The files come first: whatever stops this afterwards, `kefu apply` finishes it.
    """
    applied = open_applied(here)
    with applied.connection():
        chosen = release(applied, given.release)
        texts = definition(applied, chosen)
    assert texts is not None  # it stands in the list
    applied.close()
    project = load_texts(texts)
    if given.out is not None:
        write_release(project, given.out)
        output.say("已把 {release} 写到 {path}。", release=chosen[:12], path=given.out)
        return DONE
    store = open_owned(here, project)
    wanted = plan(store)
    output.say("回到 {release}：", release=chosen[:12])
    for line in lines(wanted, output.locale):
        output.line(line)
    if wanted.refused:
        return FAULTY
    aside = put_in_place(project, here.config)
    if aside is not None:
        output.say("原来的配置移到了 {path}。", path=aside)
    carry_out(store, wanted, given.consent, here, output)
    return DONE
