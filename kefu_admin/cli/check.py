"""`kefu check`: read the whole config and list every fault at once."""

from __future__ import annotations

import argparse

from kefu_admin.cli.output import DONE, Output
from kefu_admin.opening import open_project
from kefu_admin.settings import Settings


def add_arguments(parser: argparse.ArgumentParser, output: Output) -> None:
    """No arguments of its own."""


def run(given: argparse.Namespace, here: Settings, output: Output) -> int:
    """Load the project; faults are printed by the caller."""
    project = open_project(here)
    output.say(
        "配置没有问题：{types} 个类型，{roles} 个角色，{views} 个视图，{scenarios} 组权限例子。",
        types=len(project.types),
        roles=len(project.roles),
        views=len(project.views),
        scenarios=len(project.scenarios),
    )
    return DONE
