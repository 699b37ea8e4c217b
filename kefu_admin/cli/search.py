"""`kefu search rebuild`: the search index, built anew from the records."""

from __future__ import annotations

import argparse

from kefu_admin.cli.output import DONE, Output
from kefu_admin.opening import open_applied
from kefu_admin.settings import Settings
from kefu_admin.store import search


def add_arguments(parser: argparse.ArgumentParser, output: Output) -> None:
    """What is to be done with the index."""
    parser.add_argument("what", choices=("rebuild",), help=output.text("rebuild：重建"))


def run(given: argparse.Namespace, here: Settings, output: Output) -> int:
    """Build it in one transaction: until its end searches answer from the old one."""
    store = open_applied(here)

    def build() -> int:
        with store.transaction():
            return search.renew(store)

    with store.connection():
        search.lay(store)
        built = store.retrying(build)
    output.say("查找索引已按 {count} 条记录重建。", count=built)
    return DONE
