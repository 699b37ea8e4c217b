"""`kefu web`: panel and API, without the worker."""

from __future__ import annotations

import argparse

from kefu_admin.cli.output import Output
from kefu_admin.opening import open_desk, private_files, private_logs
from kefu_admin.settings import Settings


def add_arguments(parser: argparse.ArgumentParser, output: Output) -> None:
    """Where to listen."""
    parser.add_argument("--host", help=output.text("监听地址"))
    parser.add_argument("--port", help=output.text("监听端口"))


def run(given: argparse.Namespace, here: Settings, output: Output) -> int:
    """Serve the configured desk until told to stop."""
    from kefu_admin.app import create_app  # only a web process needs Flask
    from kefu_admin.cli.serving import serve

    private_files()
    desk = open_desk(here)
    private_logs(here, desk.project)
    return serve(create_app(here, desk=desk), here, output)
