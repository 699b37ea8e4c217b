"""Replacing this process by a fresh one of the same command, with its number."""

from __future__ import annotations

import os
import sys

from kefu_admin.cli.output import Output
from kefu_admin.cli.running import print_problems
from kefu_admin.opening import open_project
from kefu_admin.problems import ConfigError
from kefu_admin.settings import Settings


def may_renew(here: Settings, output: Output) -> bool:
    """Whether the config can be read; its faults are printed, and the old one goes on."""
    try:
        open_project(here)
    except ConfigError as error:
        output.warn("配置有问题，没有重新启动，继续按原来的配置运行。")
        print_problems(error, output)
        return False
    return True


def renew() -> None:
    """Begin anew; does not return."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 -- our own command
